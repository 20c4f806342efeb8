"""What follows from the measurements and the reference table: how the weights were started."""

from __future__ import annotations

import pytest
from kobai.diagnosis.derived import Case, History


@pytest.mark.parametrize("start", [0.01, 0.3])
def test_the_start_is_read_off_the_pixels_that_never_vary(maker, mnist, measured, reference, start):
    """Trained on black or on white ground: there the rows all move alike, as the biases do."""
    for images in (mnist.x_train, 255 - mnist.x_train):
        network = maker.train(306, 300, images=images, weight_init_std=start).network
        case = Case(measured(network, images=100), reference, History())
        assert case.start == pytest.approx(start, rel=0.05)
