"""What a network answers: for all test images in slices, and as the page shows it."""

import asyncio

import numpy as np
from kobai.book.mnist import as_inputs

SLICE = 500  # images answered at once: other calls get in between


async def answer_all(network, images, labels, normalize, tell=None):
    """The probabilities (N, 10), and how many of the answers are right.

    tell: awaited with (images done, of them right) after each slice.
    """
    parts, correct = [], 0
    for start in range(0, len(images), SLICE):
        part = slice(start, start + SLICE)
        with np.errstate(all="ignore"):  # a network out of bounds answers wrongly, it does not warn
            parts.append(network.predict(as_inputs(images[part], normalize)))
        correct += right(parts[-1], labels[part])
        await (tell(min(start + SLICE, len(images)), correct) if tell else asyncio.sleep(0))
    return np.concatenate(parts), correct


def right(y, t):
    """How many of the answers (n, 10) are right; NaN is none."""
    return int(np.sum((y.argmax(axis=1) == t) & (y.max(axis=1) > 0)))


def shown(y):
    """Probabilities (10,) as the page shows them: a list, all 0 where there is no answer."""
    return y.tolist() if np.isfinite(y).all() else [0.0] * len(y)
