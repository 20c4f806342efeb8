"""The settings of a training run, and the values that are allowed."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Any, NamedTuple

from .errors import SettingsError

GRADIENTS = ("backpropagation", "numerical")
ENGINES = ("numpy", "fast")


class Limit(NamedTuple):
    """The range of a setting: minimum and maximum are allowed; `integer` ones must be whole numbers."""

    minimum: float
    maximum: float
    integer: bool


LIMITS = {
    "hidden_size": Limit(1, 500, True),
    "batch_size": Limit(1, 10_000, True),
    "learning_rate": Limit(1e-10, 1e300, False),
    "weight_init_std": Limit(0.0, 1e300, False),
    "iterations": Limit(1, 1_000_000, True),
    "seed": Limit(0, 2**32 - 1, True),
    "train_size": Limit(1, 60_000, True),
}


@dataclass(frozen=True)
class Settings:
    """All settings of a training run; the defaults are the book's. SettingsError when one is out of LIMITS.

    normalize: pixels from 0 to 1, else from 0 to 255 as they are. train_size: how many of the training images
    are used, from the first on.
    """

    hidden_size: int = 50
    batch_size: int = 100
    learning_rate: float = 0.1
    weight_init_std: float = 0.01
    iterations: int = 10_000
    seed: int = 0
    gradient: str = "backpropagation"
    engine: str = "numpy"
    normalize: bool = True
    train_size: int = 60_000

    def __post_init__(self) -> None:
        """Check all values and convert numbers to int or float. SettingsError when one is out of LIMITS."""
        for name, limit in LIMITS.items():
            object.__setattr__(self, name, _checked(name, getattr(self, name), limit))
        if self.gradient not in GRADIENTS:
            raise SettingsError(
                "gradient",
                "The gradient must be backpropagation or numerical, not {value}.",
                value=str(self.gradient),
            )
        if self.engine not in ENGINES:
            raise SettingsError(
                "engine", "The engine must be numpy or fast, not {value}.", value=str(self.engine)
            )
        if not isinstance(self.normalize, bool):
            raise SettingsError(
                "normalize", "normalize must be true or false, not {value}.", value=str(self.normalize)
            )


def _checked(name: str, value: Any, limit: Limit) -> int | float:
    """`value` as an int or a float within `limit`."""
    shown = {
        "name": name,
        "value": str(value),
        "minimum": f"{limit.minimum:.10g}",
        "maximum": f"{limit.maximum:.10g}",
    }
    number = isinstance(value, Real) and not isinstance(value, bool)
    inside = number and limit.minimum <= value <= limit.maximum  # never for NaN
    if limit.integer:
        if not inside or value != int(value):
            raise SettingsError(
                name, "{name} must be a whole number from {minimum} to {maximum}, not {value}.", **shown
            )
        return int(value)
    if not inside:
        raise SettingsError(
            name, "{name} must be a number from {minimum} to {maximum}, not {value}.", **shown
        )
    return float(value)
