"""Mistakes, confusion matrix, precision and recall: tiny cases by hand, sums and permutations for any."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kobai.analysis import metrics
from kobai.errors import KobaiError

# six images of three classes: answers 0, 1, 1, 2, 0, 0 to labels 0, 1, 2, 2, 1, 0
PROBABILITIES = np.array(
    [[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.1, 0.6, 0.3], [0.3, 0.0, 0.7], [0.5, 0.4, 0.1], [0.7, 0.2, 0.1]]
)
LABELS = np.array([0, 1, 2, 2, 1, 0])
MATRIX = np.array([[2, 0, 0], [1, 1, 0], [0, 1, 1]])


@st.composite
def answered_images(draw, classes=4):
    """Probabilities (N, 4) in coarse steps, so that equals occur, and labels (N,)."""
    count = draw(st.integers(1, 40))
    random = np.random.RandomState(draw(st.integers(0, 2**32 - 1)))
    weights = random.randint(1, 5, size=(count, classes))
    return weights / weights.sum(axis=1, keepdims=True), random.randint(0, classes, size=count)


def test_the_answer_is_the_most_probable_class_and_the_first_of_equals():
    answer, sure = metrics.answers(np.array([[0.2, 0.4, 0.4], [0.1, 0.2, 0.7]]))
    assert answer.tolist() == [1, 2]
    assert sure.tolist() == [0.4, 0.7]


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_no_answer(value):
    with pytest.raises(KobaiError, match="answers with NaN"):
        metrics.answers(np.array([[0.5, 0.5], [value, 0.5]]))


def test_mistakes_by_hand():
    assert metrics.mistakes(PROBABILITIES, LABELS).tolist() == [2, 4]  # 60 % and 50 % sure
    assert metrics.mistakes(PROBABILITIES, LABELS, label=1).tolist() == [4]
    assert metrics.mistakes(PROBABILITIES, LABELS, answer=1).tolist() == [2]
    assert metrics.mistakes(PROBABILITIES, LABELS, label=0).tolist() == []


def test_equally_sure_mistakes_keep_their_order():
    probabilities = np.array([[0.6, 0.4], [0.8, 0.2], [0.6, 0.4], [0.8, 0.2]])
    assert metrics.mistakes(probabilities, np.array([1, 1, 1, 1])).tolist() == [1, 3, 0, 2]


@given(answered_images())
def test_mistakes_are_all_wrong_answers_the_most_sure_first(images):
    probabilities, labels = images
    indices = metrics.mistakes(probabilities, labels)
    answer, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
    assert sorted(indices) == np.flatnonzero(answer != labels).tolist()
    order = [(-sure[i], i) for i in indices]
    assert order == sorted(order)


@given(answered_images())
def test_each_cell_of_the_matrix_counts_its_images_and_they_share_out_all_images(images):
    probabilities, labels = images
    matrix = metrics.confusion_matrix(probabilities, labels)
    cells = [
        [metrics.mistakes(probabilities, labels, label, answer) for answer in range(4)] for label in range(4)
    ]
    assert [[len(cell) for cell in row] for row in cells] == matrix.tolist()
    assert sorted(np.concatenate(sum(cells, []))) == list(range(len(labels)))
    for label in range(4):
        wrong = [cells[label][answer] for answer in range(4) if answer != label]
        assert sorted(np.concatenate(wrong)) == sorted(metrics.mistakes(probabilities, labels, label=label))


def test_confusion_matrix_by_hand():
    np.testing.assert_array_equal(metrics.confusion_matrix(PROBABILITIES, LABELS), MATRIX)


@given(answered_images())
def test_rows_count_labels_columns_count_answers_and_the_diagonal_is_what_is_right(images):
    probabilities, labels = images
    matrix = metrics.confusion_matrix(probabilities, labels)
    answer = probabilities.argmax(axis=1)
    assert matrix.sum(axis=1).tolist() == np.bincount(labels, minlength=4).tolist()
    assert matrix.sum(axis=0).tolist() == np.bincount(answer, minlength=4).tolist()
    assert np.trace(matrix) == np.sum(answer == labels)


@given(answered_images(), st.permutations(range(4)), st.integers(0, 2**32 - 1))
def test_other_names_permute_the_matrix_and_another_order_leaves_it(images, names, seed):
    probabilities, labels = images
    names = np.array(names)
    probabilities = probabilities + np.random.RandomState(seed).uniform(
        0, 1e-3, probabilities.shape
    )  # no ties
    matrix = metrics.confusion_matrix(probabilities, labels)
    renamed = np.empty_like(probabilities)
    renamed[:, names] = probabilities
    permuted = metrics.confusion_matrix(renamed, names[labels])
    np.testing.assert_array_equal(permuted[np.ix_(names, names)], matrix)
    order = np.random.RandomState(seed).permutation(len(labels))
    np.testing.assert_array_equal(metrics.confusion_matrix(probabilities[order], labels[order]), matrix)


def test_the_most_frequent_confusion():
    assert metrics.most_frequent_confusion(np.array([[90, 3, 1], [4, 50, 4], [0, 2, 60]])) == (1, 0)
    assert metrics.most_frequent_confusion(np.diag([5, 0, 7])) is None


def test_precision_recall_and_f1_by_hand():
    np.testing.assert_allclose(metrics.recall(MATRIX), [1, 1 / 2, 1 / 2])
    np.testing.assert_allclose(metrics.precision(MATRIX), [2 / 3, 1 / 2, 1])
    np.testing.assert_allclose(metrics.f1_score(MATRIX), [4 / 5, 1 / 2, 2 / 3])


def test_a_class_never_answered_has_no_precision_and_one_without_images_no_recall():
    matrix = np.array([[3, 0, 0], [2, 0, 0], [0, 0, 0]])
    np.testing.assert_array_equal(metrics.precision(matrix), [3 / 5, np.nan, np.nan])
    np.testing.assert_array_equal(metrics.recall(matrix), [1, 0, np.nan])
    np.testing.assert_array_equal(metrics.f1_score(matrix), [6 / 8, 0, np.nan])


@given(answered_images())
def test_accuracy_is_recall_weighted_by_labels_and_precision_weighted_by_answers(images):
    probabilities, labels = images
    matrix = metrics.confusion_matrix(probabilities, labels)
    accuracy = np.mean(probabilities.argmax(axis=1) == labels)
    for share, weights in (
        (metrics.recall(matrix), matrix.sum(axis=1)),
        (metrics.precision(matrix), matrix.sum(axis=0)),
    ):
        assert np.nansum(share * weights) / len(labels) == pytest.approx(accuracy)


@given(answered_images())
def test_f1_is_the_harmonic_mean_and_turning_the_matrix_swaps_precision_and_recall(images):
    matrix = metrics.confusion_matrix(*images)
    precision, recall, f1 = metrics.precision(matrix), metrics.recall(matrix), metrics.f1_score(matrix)
    np.testing.assert_array_equal(metrics.precision(matrix.T), recall)
    np.testing.assert_array_equal(metrics.f1_score(matrix.T), f1)
    both = (precision > 0) & (recall > 0)
    np.testing.assert_allclose(f1[both], 2 / (1 / precision[both] + 1 / recall[both]))
