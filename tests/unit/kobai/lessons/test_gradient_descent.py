"""Gradient descent on x0**2 + x1**2 against its closed form, and where the closed form ends."""

import numpy as np
import pytest
from kobai.lessons.gradient_descent import function_2, gradient_descent


@pytest.mark.parametrize("lr", [0.1, 1e-10, 0.5, 0.9, 1.0])
def test_the_path_is_a_geometric_sequence(lr):
    start = np.array([-3.0, 4.0])
    path = gradient_descent(function_2, start, lr, 20)
    expected = (1 - 2 * lr) ** np.arange(21)[:, None] * start
    np.testing.assert_allclose(path, expected, rtol=1e-6, atol=1e-9)
    assert start.tolist() == [-3, 4]


def test_a_learning_rate_of_10_flies_away_by_19_times_each_step():
    path = gradient_descent(function_2, np.array([-3.0, 4.0]), 10.0, 5)
    np.testing.assert_allclose(path, (-19.0) ** np.arange(6)[:, None] * [-3, 4], rtol=1e-5)


def test_the_books_figures():
    """The repository of the book, ch04/gradient_method.py: (-3, 4), 100 steps."""
    start = np.array([-3.0, 4.0])
    np.testing.assert_allclose(
        gradient_descent(function_2, start, 0.1, 100)[-1], [-6.11110793e-10, 8.14814391e-10], rtol=1e-3
    )
    # so far out that x + h is x: the numerical gradient is 0, and x stands still
    path = gradient_descent(function_2, start, 10.0, 100)
    assert path[-1].tolist() == path[-2].tolist()
    np.testing.assert_allclose(np.abs(path[-1]), [2.58983747e13, 1.29524862e12], rtol=1e-6)
    # 1e-10: it hardly moves
    np.testing.assert_allclose(gradient_descent(function_2, start, 1e-10, 100)[-1], [-2.99999994, 3.99999992])
