"""A program of the learner's, run and recorded in a Python of its own (worker/user_main.py), and walked
in.
"""

import math

import numpy as np
from kobai.book.mnist import IMAGE_SIZE, as_inputs
from kobai.book.multi_layer_net import network_of
from kobai.tracing.user_code import run_own_code

from worker.panels.trace_walk import Walk


class UserCode(Walk):
    """Of a program of the learner's."""

    def run_code(self, numbers, pixels, labels, code, shapes, activation, normalize):
        """Records a program, which has the network as net, the images as x, their labels as t.

        The answer is as of Tracing.trace, without what the page knows, and what was printed. KobaiError for
        a text that is no program.
        """
        values, params, start = np.frombuffer(numbers.to_bytes()), {}, 0
        for name, shape in shapes:
            end = start + math.prod(shape)
            params[name] = values[start:end].reshape(shape).copy()
            start = end
        net = network_of(params, activation)
        images = np.frombuffer(pixels.to_bytes(), dtype=np.uint8).reshape(-1, IMAGE_SIZE)
        x, t = as_inputs(images, normalize), np.frombuffer(labels.to_bytes(), dtype=np.uint8).astype(np.int64)
        recording, printed = run_own_code(code, {"net": net, "x": x, "t": t})
        self.hold(recording, len(x))
        return {**self.overview(), "printed": printed}
