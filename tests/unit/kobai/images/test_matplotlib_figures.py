"""The Matplotlib figures: what they show, read back from the SVG."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import kobai
import numpy as np
import pytest
from kobai.errors import KobaiError
from kobai.images.matplotlib_figures import accuracy_curves, image_and_probabilities, loss_curve
from PIL import Image

LOSSES = [2.3, 1.1, 1.9, 0.4, 0.9, 0.1]
TRAIN, TEST = [0.1, 0.75, 0.9, 0.95], [0.12, 0.7, 0.92, 0.93]
PROBABILITIES = np.array([0.02, 0.0, 0.05, 0.03, 0.1, 0.0, 0.2, 0.5, 0.04, 0.06])
PIXELS = np.arange(784).astype(np.uint8)
FIGURES = {
    "loss": lambda format: loss_curve(LOSSES, format),
    "accuracy": lambda format: accuracy_curves(TRAIN, TEST, format),
    "image": lambda format: image_and_probabilities(PIXELS, PROBABILITIES, 7, format),
}
BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#009e73"


def paths(svg: bytes, style: str) -> list[np.ndarray]:
    """The points of every path whose style has the text `style`; x to the right, y downwards."""
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    return [
        np.array(re.findall(r"[ML] (\S+) (\S+)", path.get("d", "")), dtype=float)
        for path in root.iter("{http://www.w3.org/2000/svg}path")
        if style in path.get("style", "")
    ]


def assert_shows(line: np.ndarray, values: list[float]) -> None:
    """Equal steps to the right, and heights in proportion to the values."""
    assert len(line) == len(values)
    np.testing.assert_allclose(np.diff(line[:, 0]), line[1, 0] - line[0, 0], atol=1e-3)
    slope, _ = np.polyfit(values, line[:, 1], 1)
    assert slope < 0
    np.testing.assert_allclose(line[:, 1] - line[0, 1], slope * (np.array(values) - values[0]), atol=1e-3)


def texts(svg: bytes) -> set[str]:
    """Matplotlib draws text as outlines and writes each beside them as a comment."""
    return {text.strip() for text in re.findall(r"<!--(.*?)-->", svg.decode())}


def test_loss_curve():
    svg = loss_curve(LOSSES)
    assert {"iteration", "loss"} <= texts(svg)
    (line,) = paths(svg, f"stroke: {BLUE}")
    assert_shows(line, LOSSES)


def test_accuracy_curves_differ_in_more_than_colour():
    svg = accuracy_curves(TRAIN, TEST)
    assert {"epochs", "accuracy", "train acc", "test acc"} <= texts(svg)
    train = [line for line in paths(svg, f"stroke: {BLUE}") if len(line) == 4]
    test = [line for line in paths(svg, f"stroke: {ORANGE}") if len(line) == 4]
    assert_shows(train[0], TRAIN)
    assert_shows(test[0], TEST)
    assert paths(svg, f"stroke-dasharray: 5.55,2.4; stroke-dashoffset: 0; stroke: {ORANGE}")
    assert not paths(svg, f"stroke-dasharray: 5.55,2.4; stroke-dashoffset: 0; stroke: {BLUE}")


def test_image_and_probabilities():
    svg = image_and_probabilities(PIXELS, PROBABILITIES, 7)
    assert {"label 7", "probability", "0", "9"} <= texts(svg)
    bars = [np.ptp(bar[:, 0]) for bar in paths(svg, f"fill: {BLUE}")]
    (correct,) = paths(svg, "fill: url(#")
    widths = [*bars[:7], np.ptp(correct[:, 0]), *bars[7:]]
    np.testing.assert_allclose(np.array(widths) / widths[7], PROBABILITIES / 0.5, atol=1e-3)
    assert GREEN in svg.decode()


def test_the_image_is_that_of_the_pixels():
    """Dark ink on white, as in a book: the first row is 0 (white), the last of 255 is black."""
    image = Image.open(io.BytesIO(image_and_probabilities(np.repeat([0, 255], 392), PROBABILITIES, 7, "png")))
    grey = np.asarray(image.convert("L"))
    (black,) = np.nonzero(grey[:, grey.shape[1] // 6] == 0)  # through the image, which is on the left
    assert np.median(black) > grey.shape[0] / 2


@pytest.mark.parametrize("name", FIGURES)
def test_same_data_same_bytes(name):
    for format in ("svg", "png"):
        assert FIGURES[name](format) == FIGURES[name](format)
    assert b"<dc:date>" not in FIGURES[name]("svg")


@pytest.mark.parametrize("name", FIGURES)
def test_png(name):
    image = Image.open(io.BytesIO(FIGURES[name]("png")))
    assert image.format == "PNG"
    assert image.size == (960, 600)
    assert len(image.getcolors(maxcolors=100_000)) > 10  # not an empty sheet


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("format", ["pdf", "SVG", "", None])
def test_other_formats_are_refused(name, format):
    with pytest.raises(KobaiError, match="svg or png"):
        FIGURES[name](format)


def test_empty_and_long_histories():
    assert loss_curve([]).startswith(b"<?xml")
    assert accuracy_curves([], [], "png").startswith(b"\x89PNG")
    assert len(loss_curve(np.random.RandomState(0).rand(10_000).tolist())) < 1_000_000


@pytest.mark.slow
def test_matplotlib_is_loaded_when_a_figure_is_drawn_and_pyplot_never():
    script = (
        "import sys, kobai.images.matplotlib_figures as f; assert 'matplotlib' not in sys.modules; "
        "f.loss_curve([1, 2]); assert 'matplotlib' in sys.modules and 'matplotlib.pyplot' not in sys.modules"
    )
    package = Path(kobai.__file__).parents[1]
    subprocess.run([sys.executable, "-c", script], cwd=package, check=True)
