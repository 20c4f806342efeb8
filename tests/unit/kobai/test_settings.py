"""The settings of a training run: the book's defaults, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from kobai.errors import SettingsError
from kobai.settings import LIMITS, Settings


def test_defaults_are_the_books():
    assert vars(Settings()) == {
        "hidden_size": 50, "batch_size": 100, "learning_rate": 0.1, "weight_init_std": 0.01,
        "iterations": 10_000, "seed": 0, "gradient": "backpropagation", "engine": "numpy",
        "normalize": True, "train_size": 60_000,
    }  # fmt: skip


@pytest.mark.parametrize("name", LIMITS)
def test_limits_belong_to_the_range_and_nothing_beyond_does(name):
    limit = LIMITS[name]
    for value in (limit.minimum, limit.maximum):
        assert getattr(Settings(**{name: value}), name) == value
    bad = [limit.minimum - 1, limit.maximum * 2, math.nan, math.inf, -math.inf, "5", None, True, 1j, [5]]
    if limit.integer:
        bad += [limit.minimum + 0.5, str(limit.minimum)]
        assert type(getattr(Settings(**{name: np.int64(7)}), name)) is int
    else:
        assert type(getattr(Settings(**{name: 1}), name)) is float
    for value in bad:
        with pytest.raises(SettingsError) as caught:
            Settings(**{name: value})
        assert caught.value.field == name
        assert name in str(caught.value)


@pytest.mark.parametrize("gradient", ["", "Numerical", None, 3])
def test_an_unknown_gradient_is_refused(gradient):
    with pytest.raises(SettingsError, match="backpropagation or numerical") as caught:
        Settings(gradient=gradient)
    assert caught.value.field == "gradient"


@pytest.mark.parametrize("normalize", [0, 1, "", "false", None])
def test_normalize_is_yes_or_no(normalize):
    with pytest.raises(SettingsError, match="normalize must be true or false") as caught:
        Settings(normalize=normalize)
    assert caught.value.field == "normalize"
