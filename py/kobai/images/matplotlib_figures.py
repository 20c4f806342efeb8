"""The book's figures, drawn by Matplotlib: each function returns the bytes of an SVG or a PNG.

No pyplot, so no global state; the same data give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..book.functions import Array
from ..errors import KobaiError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN = (
    "#0072b2",
    "#d55e00",
    "#009e73",
)  # Okabe and Ito, distinguishable with every kind of colour vision


def loss_curve(train_loss_list: Sequence[float], format: str = "svg") -> bytes:
    """The loss after each iteration (book, figure 4-11)."""
    figure = _new_figure(format)
    axes = figure.add_subplot()
    axes.plot(train_loss_list, color=BLUE, linewidth=0.8)
    axes.set_xlabel("iteration")
    axes.set_ylabel("loss")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    return _to_bytes(figure, format)


def accuracy_curves(
    train_acc_list: Sequence[float], test_acc_list: Sequence[float], format: str = "svg"
) -> bytes:
    """The accuracy on the training and the test images, once per epoch (book, figure 4-12)."""
    figure = _new_figure(format)
    axes = figure.add_subplot()
    axes.plot(train_acc_list, color=BLUE, marker="o", label="train acc")
    axes.plot(test_acc_list, color=ORANGE, marker="s", linestyle="--", label="test acc")
    axes.set_xlabel("epochs")
    axes.set_ylabel("accuracy")
    axes.set_ylim(0, 1)
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    return _to_bytes(figure, format)


def image_and_probabilities(
    pixels: Array, probabilities: Sequence[float] | Array, label: int, format: str = "svg"
) -> bytes:
    """An image, (784,) or (28, 28), beside the probability of each digit; the correct one is hatched."""
    figure = _new_figure(format)
    image, bars = figure.subplots(1, 2, width_ratios=(1, 1.4))
    image.imshow(np.reshape(pixels, (28, 28)), cmap="gray_r", vmin=0, vmax=255)
    image.set_title(f"label {label}")
    image.set_axis_off()
    bars.barh(range(10), probabilities, color=BLUE)
    bars.patches[label].set(facecolor=GREEN, hatch="//")
    bars.set_yticks(range(10))
    bars.invert_yaxis()
    bars.set_xlim(0, 1)
    bars.set_xlabel("probability")
    return _to_bytes(figure, format)


def _new_figure(format: str) -> Figure:
    """An empty figure; `format` is checked before anything is drawn."""
    if format not in ("svg", "png"):
        raise KobaiError("A figure can be drawn as svg or png, not as {format}.", format=str(format))
    from matplotlib.figure import Figure  # in here, because loading Matplotlib takes seconds in a browser

    return Figure(figsize=(6.4, 4), layout="constrained")


def _to_bytes(figure: Figure, format: str) -> bytes:
    from matplotlib import rc_context

    buffer = io.BytesIO()
    with rc_context({"svg.hashsalt": "kobai"}):  # fixed ids and no date: the same data, the same bytes
        figure.savefig(buffer, format=format, dpi=150, metadata={"Date": None} if format == "svg" else None)
    return buffer.getvalue()
