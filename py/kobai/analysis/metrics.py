"""Where a network is wrong: its mistakes, the confusion matrix, precision and recall of each class.

In all of it, probabilities (N, C) are a network's answers to N images, labels (N,) what the images are; the
answer to an image is its most probable class, the first of equals, and how sure it is, that probability.
"""

from __future__ import annotations

import numpy as np

from ..book.functions import Array
from ..errors import KobaiError


def answers(probabilities: Array) -> tuple[Array, Array]:
    """The most probable class of each image, int (N,), and its probability, (N,).

    y: probabilities (N, C). KobaiError when one is NaN or infinite: then there is no answer.
    """
    if not np.isfinite(probabilities).all():
        raise KobaiError(
            "This network answers with NaN: its weights are too large, or its training diverged."
        )
    answer = np.argmax(probabilities, axis=1)
    return answer, probabilities[np.arange(len(answer)), answer]


def mistakes(
    probabilities: Array, labels: Array, label: int | None = None, answer: int | None = None
) -> Array:
    """Indices of the images answered wrongly, by falling probability of the answer; stable for equal ones.

    With a label, only images of that class; with an answer, only images answered so. With both, the images of
    one cell of the confusion matrix, and so the correct answers where label and answer are the same.
    """
    answered, sure = answers(probabilities)
    chosen = np.full(len(labels), True) if label is not None and label == answer else answered != labels
    if label is not None:
        chosen &= labels == label
    if answer is not None:
        chosen &= answered == answer
    indices = np.flatnonzero(chosen)
    return np.asarray(indices[np.argsort(-sure[indices], kind="stable")])


def confusion_matrix(probabilities: Array, labels: Array) -> Array:
    """How many images of each class got each answer, int (C, C): rows are labels, columns are answers."""
    answered, _ = answers(probabilities)
    matrix = np.zeros((probabilities.shape[1],) * 2, dtype=int)
    np.add.at(matrix, (labels, answered), 1)
    return matrix


def most_frequent_confusion(matrix: Array) -> tuple[int, int] | None:
    """The (label, answer) of the most frequent mistake, the first of several; None where there is none."""
    wrong = matrix * (1 - np.eye(len(matrix), dtype=int))
    if not wrong.any():
        return None
    label, answer = np.unravel_index(np.argmax(wrong), wrong.shape)
    return int(label), int(answer)


def recall(matrix: Array) -> Array:
    """The share of each class's images that is answered correctly, (C,); NaN for a class without images."""
    return _shares(np.diag(matrix), matrix.sum(axis=1))


def precision(matrix: Array) -> Array:
    """The share of each answer that is correct, (C,); NaN for an answer that is never given."""
    return _shares(np.diag(matrix), matrix.sum(axis=0))


def f1_score(matrix: Array) -> Array:
    """The harmonic mean of precision and recall, (C,): 2 TP / (2 TP + FP + FN) (van Rijsbergen 1979).

    0 for a class that is never answered, and NaN only for one that has no images either.
    """
    return _shares(2 * np.diag(matrix), matrix.sum(axis=0) + matrix.sum(axis=1))


def _shares(part: Array, whole: Array) -> Array:
    """part / whole, NaN where the whole is 0."""
    return np.asarray(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0))
