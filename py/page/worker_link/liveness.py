"""Detect the end of the worker by its released Web Lock, or by its silence."""

from pyscript import ffi, window
from ui.state import State

LONGEST_LOOK = 1.5  # seconds that one look may count: after a sleep, or in a hidden tab, the clock has jumped


class _Silence(State):
    def __init__(self):
        self.seconds = 0.0
        self.looked = 0.0


_silence = _Silence()


def watch(lock, ended):
    """Call ended() when the worker that holds this Web Lock has ended.

    Where there are no locks (an address without https) only silence tells.
    """
    if getattr(window.navigator, "locks", None):
        window.navigator.locks.request(lock, ffi.create_proxy(lambda _lock: ended()))


def sign_of_life():
    """The worker has said something: it is not silent."""
    _silence.seconds = 0.0
    _silence.looked = window.performance.now()


def silence():
    """Seconds without a sign of life, as far as the page was awake and looking; to be asked often."""
    now = window.performance.now()
    _silence.seconds += min((now - _silence.looked) / 1000, LONGEST_LOOK)
    _silence.looked = now
    return _silence.seconds
