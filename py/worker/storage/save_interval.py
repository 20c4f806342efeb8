"""When the training is copied into the browser's storage: often enough that at most five seconds can be
lost."""

import time

LIMIT = 5.0  # seconds that the copy may be behind
EVERY = 2.0  # seconds after which a copy is made anyway: a copy takes some 20 ms


class SaveInterval:
    """Asked after each chunk of training. `clock`: seconds, only their differences count."""

    def __init__(self, clock=time.monotonic):
        self._clock = clock
        self._begun = clock()
        self.kept_now()

    def kept_now(self):
        """All that is there needs no copy, as at the start of a run."""
        self._since = self._clock()
        self._took = 0.0

    def begin(self):
        """A copy is being made, of what is there now."""
        self._begun = self._clock()

    def end(self):
        """That copy is in the storage, or was refused: the next one is tried as long after it."""
        self._since, self._took = self._begun, self._clock() - self._begun

    def is_due(self, chunk):
        """Whether to make a copy now, after a chunk of so many seconds: the next chance may be twice as
        far away.

        A backpropagation cannot be copied half done: one of more than five seconds (hundreds of units and
        thousands of images, with NumPy) is lost as a whole.
        """
        age = self._clock() - self._since
        return age >= EVERY or age + 2 * (chunk + self._took) > LIMIT
