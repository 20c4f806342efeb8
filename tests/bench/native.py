"""The yardstick: the book's training in plain NumPy, as its reader runs it, in a process of its own.

It shares nothing with py/kobai, so it stays the same whatever becomes of that. The bench asks it by lines of
JSON; start it with OPENBLAS_NUM_THREADS=1.
"""

from __future__ import annotations

import ctypes
import gzip
import json
import platform
import sys
import time
from pathlib import Path

import numpy as np

LEARNING_RATE = 0.1
BATCH_SIZE = 100
HIDDEN_SIZE = 50
CHECKED_EVERY = 10  # steps between two looks at the clock
SAMPLED = 20
H = 1e-4


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


class BookTraining:
    """784-50-10, sigmoid, softmax, cross entropy; batches of 100, the loss taken after each update."""

    def __init__(self, dataset_dir: Path) -> None:
        self.x_train, self.t_train = self._read(dataset_dir, "train")
        self.x_test, self.t_test = self._read(dataset_dir, "t10k")
        self.begin()

    @staticmethod
    def _read(folder: Path, part: str):
        """Pixels as float32 0.0 to 1.0 and labels as one-hot rows, as the book's load_mnist gives them."""
        images, labels = (
            gzip.decompress((folder / f"{part}-{kind}-ubyte.gz").read_bytes())
            for kind in ("images-idx3", "labels-idx1")
        )
        x = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 784).astype(np.float32) / 255.0
        return x, np.eye(10)[np.frombuffer(labels, np.uint8, offset=8)]

    def begin(self):
        np.random.seed(0)
        self.W1, self.b1 = 0.01 * np.random.randn(784, HIDDEN_SIZE), np.zeros(HIDDEN_SIZE)
        self.W2, self.b2 = 0.01 * np.random.randn(HIDDEN_SIZE, 10), np.zeros(10)
        self.losses: list[float] = []

    def predict(self, x):
        return softmax(np.dot(sigmoid(np.dot(x, self.W1) + self.b1), self.W2) + self.b2)

    def loss(self, x, t):
        y = self.predict(x)
        return -np.sum(np.log(y[np.arange(len(y)), t.argmax(axis=1)] + 1e-7)) / len(y)

    def mean_correct(self, x, t):
        return float(np.sum(np.argmax(self.predict(x), axis=1) == np.argmax(t, axis=1)) / len(x))

    def gradient(self, x, t):
        a1 = np.dot(x, self.W1) + self.b1
        z1 = sigmoid(a1)
        y = softmax(np.dot(z1, self.W2) + self.b2)

        dy = (y - t) / len(x)
        da1 = (1 - sigmoid(a1)) * sigmoid(a1) * np.dot(dy, self.W2.T)
        return np.dot(x.T, da1), np.sum(da1, axis=0), np.dot(z1.T, dy), np.sum(dy, axis=0)

    def step(self):
        batch_mask = np.random.choice(len(self.x_train), BATCH_SIZE)
        x_batch, t_batch = self.x_train[batch_mask], self.t_train[batch_mask]
        grads = self.gradient(x_batch, t_batch)
        for param, grad in zip((self.W1, self.b1, self.W2, self.b2), grads, strict=True):
            param -= LEARNING_RATE * grad
        self.losses.append(float(self.loss(x_batch, t_batch)))

    # ------------------------------------------------- what the bench asks for

    def about(self):
        return {"python": platform.python_version(), "numpy": np.__version__, "blas": blas()}

    def start(self, count):
        """The weights and the first batches of seed 0, for others to start from."""
        self.begin()
        params = [array.tolist() for array in (self.W1, self.b1, self.W2, self.b2)]
        masks = [np.random.choice(len(self.x_train), BATCH_SIZE).tolist() for _ in range(count)]
        self.begin()
        return {"params": params, "batch_masks": masks}

    def first_losses(self, count):
        while len(self.losses) < count:
            self.step()
        return self.losses[:count]

    def burst(self, seconds):
        """Steps a second, over about this long."""
        start, steps = time.perf_counter(), 0
        while (elapsed := time.perf_counter() - start) < seconds:
            for _ in range(CHECKED_EVERY):
                self.step()
            steps += CHECKED_EVERY
        return steps / elapsed

    def accuracy(self):
        start = time.perf_counter()
        self.mean_correct(self.x_train, self.t_train)
        self.mean_correct(self.x_test, self.t_test)
        return time.perf_counter() - start

    def gradients(self):
        """Seconds of one gradient: by its definition, from a sample of the weights; by backpropagation."""
        batch_mask = np.random.RandomState(0).choice(len(self.x_train), BATCH_SIZE)
        x, t = self.x_train[batch_mask], self.t_train[batch_mask]
        flat = self.W1.reshape(-1)
        places = np.random.RandomState(0).choice(flat.size, SAMPLED, replace=False)
        start = time.perf_counter()
        for place in places:
            value = flat[place]
            flat[place] = value + H
            plus = self.loss(x, t)
            flat[place] = value - H
            minus = self.loss(x, t)
            flat[place] = value
            _ = (plus - minus) / (2 * H)
        one = (time.perf_counter() - start) / SAMPLED
        start = time.perf_counter()
        self.gradient(x, t)
        size = sum(array.size for array in (self.W1, self.b1, self.W2, self.b2))
        return {"definition": one * size, "gradient": time.perf_counter() - start}

    def full_run(self, iterations):
        """The book's script: every iteration, and both accuracies once an epoch."""
        self.begin()
        iter_per_epoch = max(len(self.x_train) / BATCH_SIZE, 1)
        start = time.perf_counter()
        for i in range(iterations):
            self.step()
            if i % iter_per_epoch == 0:
                self.mean_correct(self.x_train, self.t_train)
                accuracy = self.mean_correct(self.x_test, self.t_test)
        return {"seconds": time.perf_counter() - start, "accuracy": accuracy}


def blas() -> str:
    """The BLAS that NumPy brought, the kernel it chose for this processor, and its threads."""
    home = Path(np.__file__).parent
    for path in [*home.parent.glob("numpy.libs/*openblas*"), *home.glob(".dylibs/*openblas*")]:
        library = ctypes.CDLL(str(path))  # loaded already: this only finds it again
        library.scipy_openblas_get_corename64_.restype = ctypes.c_char_p
        core = library.scipy_openblas_get_corename64_().decode()
        return f"OpenBLAS, {core} kernel, {library.scipy_openblas_get_num_threads64_()} thread(s)"
    return "a BLAS other than OpenBLAS"


def main() -> None:
    training = BookTraining(Path(sys.argv[1]))
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(getattr(training, request["method"])(*request["arguments"])), flush=True)


if __name__ == "__main__":
    main()
