"""Calls everything in a compiled engine with random arguments: python engine_fuzz.py LIBRARY SEED CALLS.

Run by training/test_c_engine_sanitizers.py in a process of its own, because a sanitizer ends it.
`control-...` instead of the seed does one thing that is wrong on purpose. By hand: a fuzzing library would
need an instrumented build; random sizes and numbers do without.
"""

import contextlib
import sys

import numpy as np
from kobai.training.c_engine import Engine, load

CONTROLS = ("control-bounds", "control-alignment")


def array(random: np.random.RandomState, *shape: int) -> np.ndarray:
    """float64, from tiny to beyond float32, now and then not finite."""
    numbers = random.randn(*shape) * 10.0 ** random.choice([-40, -3, 0, 0, 0, 2, 37, 300])
    if random.rand() < 0.05:
        numbers.flat[random.randint(numbers.size)] = random.choice([np.inf, -np.inf, np.nan])
    return numbers


def call_everything(engine: Engine, random: np.random.RandomState) -> None:
    n, batch_size, steps = (
        random.randint(1, 150),
        random.choice([1, 2, 3, 4, 5, 63, 64, 65, 130]),
        random.randint(1, 4),
    )
    pixels = random.choice([1, 2, 7, 8, 9, 15, 16, 17, random.randint(1, 60), 784])
    hidden = random.choice([1, 2, 3, 4, 5, 31, 32, 33, 50, random.randint(1, 200), random.randint(1, 501)])
    images = random.randint(0, 256, (n, pixels)) * (random.rand(n, pixels) < random.choice([0, 0.02, 0.2, 1]))
    images = np.full((n, pixels), 255, np.uint8) if random.rand() < 0.1 else images.astype(np.uint8)
    labels = random.choice([0, 9, 5], n).astype(np.uint8)
    normalize = bool(random.randint(2))
    batches = random.choice([0, n - 1, random.randint(n)], (steps, batch_size))
    params = {
        "W1": array(random, pixels, hidden),
        "b1": array(random, hidden),
        "W2": array(random, hidden, 10),
        "b2": array(random, 10),
    }
    with contextlib.suppress(OverflowError):  # expected of such numbers
        engine.count_correct(params, images, labels, normalize)
    engine.first_layer(images, params["W1"], params["b1"])
    engine.subtract_outer(params["W1"].copy(), images, array(random, n, hidden), random.choice([0.1, 1e30]))
    engine.train_steps(params, images, labels, batches, random.choice([0.1, 1e-9, 1e38]), normalize)


def do_wrong(engine: Engine, control: str) -> None:
    """What the wrapper prevents: a label of 20, whose place lies behind an array, or an odd address."""
    params = [np.ones((8, 4)), np.ones(4), np.ones((4, 10)), np.ones(10)]
    if control == "control-alignment":
        params[1] = np.zeros(33, np.uint8)[1:].view(np.float64)
    label = 20 if control == "control-bounds" else 0
    x, t, batch = np.ones((1, 8), np.uint8), np.array([label], np.uint8), np.zeros(1, np.int32)
    engine._call(
        "train_steps", *params, 8, 4, 255, x, t, batch, 1, 1, 0.1, np.empty(1), engine._workspace(8, 4, 1)
    )


def main(library: str, seed: str, calls: int) -> None:
    engine = load(library)
    np.seterr(all="ignore")
    if seed in CONTROLS:
        do_wrong(engine, seed)
    else:
        random = np.random.RandomState(int(seed))
        for _ in range(calls):
            call_everything(engine, random)
    print("done", calls)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
