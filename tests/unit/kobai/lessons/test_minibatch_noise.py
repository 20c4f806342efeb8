"""Mini-batches: the gradient of all is the mean of gradients, and its spread falls like 1 / sqrt(n)."""

import numpy as np
import pytest
from kobai.book.multi_layer_net import network_of
from kobai.lessons.minibatch_noise import DRAWS, SLICE, Minibatches, cosine, flat
from support.some_networks import params_of

pytestmark = pytest.mark.order_of_sums

RANDOM = np.random.RandomState(6)
COUNT = 2 * SLICE + 345  # the last slice is smaller
IMAGES = RANDOM.randint(0, 256, (COUNT, 20)).astype(np.uint8)
LABELS = RANDOM.randint(0, 10, COUNT)


@pytest.fixture
def batches():
    return Minibatches(network_of(params_of(20, 6, 10)), IMAGES, LABELS)


def whole(batches):
    parts = list(batches.whole_gradient())
    assert parts == sorted(parts)
    assert parts[-1] == 1
    return batches.whole


def test_the_gradient_of_all_images_is_that_of_one_large_batch(batches):
    net = network_of(params_of(20, 6, 10))
    one = flat(net.gradient(IMAGES.astype(np.float32) / 255, LABELS))
    np.testing.assert_allclose(whole(batches), one, rtol=1e-5, atol=1e-8)


def test_the_gradient_of_a_union_is_the_weighted_mean(batches):
    first, second = flat(batches.gradient(slice(0, 30))), flat(batches.gradient(slice(30, 40)))
    both = flat(batches.gradient(slice(0, 40)))
    np.testing.assert_allclose(both, 0.75 * first + 0.25 * second, rtol=1e-5, atol=1e-8)


def test_draws_are_those_of_a_random_state(batches):
    watched = batches.place("W2", (2, 3))
    one, ten, hundred = list(batches.draw(5, watched))[-1][1]
    random = np.random.RandomState(5)
    net = network_of(params_of(20, 6, 10))
    for tremble in (one, ten, hundred):
        assert len(tremble.gradients) == DRAWS
        assert tremble.angles == ()
        rows = []
        for gradient in tremble.gradients:
            mask = random.choice(COUNT, tremble.size)
            grads = net.gradient(IMAGES[mask].astype(np.float32) / 255, LABELS[mask])
            assert gradient == pytest.approx(grads["W2"][2, 3], rel=1e-5, abs=1e-9)
            rows.append(flat(grads))
        assert tremble.lengths == pytest.approx(np.linalg.norm(rows, axis=1), rel=1e-5)
        centred = np.array(rows) - np.mean(rows, axis=0)
        assert tremble.spread == pytest.approx(np.sqrt((centred**2).sum() / (DRAWS - 1)), rel=1e-4)


def test_the_spread_falls_like_one_over_the_root_of_the_size(batches):
    one, ten, hundred = list(batches.draw(0, 0))[-1][1]
    assert one.spread / ten.spread == pytest.approx(np.sqrt(10), rel=0.1)
    assert ten.spread / hundred.spread == pytest.approx(np.sqrt(10), rel=0.1)


def test_larger_batches_point_more_nearly_where_all_images_point(batches):
    full = whole(batches)
    one, ten, hundred = list(batches.draw(0, 0))[-1][1]
    assert np.mean(one.angles) > np.mean(ten.angles) > np.mean(hundred.angles)
    first = np.random.RandomState(0).choice(COUNT, 1)
    row = flat(batches.gradient(first))
    assert one.angles[0] == pytest.approx(np.degrees(np.arccos(cosine(row, full))), rel=1e-4)


def test_cosine():
    assert cosine(np.array([1.0, 0]), np.array([0, 2.0])) == 0
    assert cosine(np.array([1.0, 1]), np.array([3.0, 3])) == pytest.approx(1)
    assert cosine(np.zeros(2), np.ones(2)) == 0


def test_place(batches):
    row = flat(params_of(20, 6, 10))
    for key, index in (("W1", (3, 4)), ("b1", (5,)), ("W2", (0, 9)), ("b2", (1,))):
        assert row[batches.place(key, index)] == params_of(20, 6, 10)[key][index]
    with pytest.raises(KeyError):
        batches.place("W3", (0, 0))
