"""The losses of a training in one array that grows: NumPy reads a million of them (8 MB) at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

import numpy as np

from ..book.functions import Array

LEAST = 1024  # losses for which there is room at first; it is doubled when it is full


class LossList(Sequence[float]):
    """The book's `train_loss_list`: a list of numbers, float64. A slice of it is an array, (n,) float64."""

    def __init__(self, losses: Iterable[float] = ()) -> None:
        """Begin with these losses."""
        self._room = np.empty(LEAST)
        self._count = 0
        self.extend(np.fromiter(losses, np.float64))

    def append(self, loss: float) -> None:
        """Add one loss."""
        self.extend(np.array([loss], dtype=np.float64))

    def extend(self, losses: Array) -> None:
        """Add an array of losses, (n,)."""
        count = self._count + len(losses)
        if count > len(self._room):
            room = np.empty(max(count, 2 * len(self._room)))
            room[: self._count] = self._room[: self._count]
            self._room = room
        self._room[self._count : count] = losses
        self._count = count

    def __len__(self) -> int:
        """How many there are."""
        return self._count

    @overload
    def __getitem__(self, index: int) -> float: ...

    @overload
    def __getitem__(self, index: slice) -> Any: ...

    def __getitem__(self, index: int | slice) -> Any:
        """One of them, or a copy of some as an array."""
        found = self._room[: self._count][index]
        return found.copy() if isinstance(index, slice) else float(found)

    def __iter__(self) -> Iterator[float]:
        """One after the other."""
        return iter(self._room[: self._count].tolist())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        """All of them, for NumPy."""
        return np.array(self._room[: self._count], dtype=dtype)

    def __eq__(self, other: object) -> bool:
        """Whether another list, or LossList, has the same losses."""
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """As a list prints itself."""
        return repr(list(self))
