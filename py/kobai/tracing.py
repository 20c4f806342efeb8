"""Runs a function and records, before every line, what is in its variables: a run to walk back and forth in.

Recorded by `sys.settrace` (Python Library Reference, sys) while the real function runs, so it computes what
it computes anyway, bit for bit. Arrays are copied when they are new or have changed.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from .errors import KobaiError
from .statements import Source, source_of

MOST_MOMENTS = 5_000
MOST_BYTES = 64 * 1024 * 1024  # of copied arrays
MOST_ENTRIES = 12  # of a dict or list that are shown as variables of their own
LINE, RETURN, RAISE = "line", "return", "raise"
RESULT = "return"  # the name under which a return moment holds its value


class Moment(NamedTuple):
    """One point of the run: before `line` of a frame runs, or as it returns or raises.

    state: variable -> number of its value in Recording.values. depth: 0 for the traced function itself.
    """

    kind: str
    frame: int
    line: int
    depth: int
    state: dict[str, int]


class Named(str):
    """What stands for a value that is not shown: the name of its type."""


class Frame(NamedTuple):
    """One call: its source (a number in Recording.sources), the calling frame, the moment of the call."""

    source: int
    caller: int | None
    called_at: int | None


class TraceLimit(KobaiError):
    """A recording has reached its limit; what came before is kept."""


class Recording:
    """What a run went through.

    moments, frames, sources, values: see Moment and Frame. result: what the function returned. error: what it
    raised, or None. stopped: the TraceLimit that ended the recording (not the run), or None.
    """

    def __init__(self) -> None:
        self.moments: list[Moment] = []
        self.frames: list[Frame] = []
        self.sources: list[Source] = []
        self.values: list[Any] = []
        self.result: Any = None
        self.error: Exception | None = None
        self.stopped: TraceLimit | None = None

    def source(self, at: int) -> Source:
        """The source of the function that moment `at` is in."""
        return self.sources[self.frames[self.moments[at].frame].source]

    def following(self, at: int) -> int | None:
        """The next moment of the same call: what it finds is what this line made."""
        frame = self.moments[at].frame
        for later in range(at + 1, len(self.moments)):
            if self.moments[later].frame == frame:
                return later
        return None

    def value(self, at: int, name: str) -> Any:
        """The value of a variable at a moment; KeyError when it has none then."""
        return self.values[self.moments[at].state[name]]

    def made(self, at: int) -> list[str]:
        """The variables that this line made or changed, in the order of their names in the source."""
        after = self.following(at)
        if self.moments[at].kind != LINE or after is None:
            return []
        before, then = self.moments[at].state, self.moments[after].state
        named = self.source(at).statement(self.moments[at].line).makes
        changed = [name for name in then if before.get(name) != then[name] and not is_result(name)]
        again = [name for name in named if name in then and name not in changed]  # made, and as it was before
        return sorted(changed + again, key=lambda name: _order(name, named))

    def read(self, at: int) -> list[str]:
        """The variables that this line reads, entries of dicts by their own names."""
        moment = self.moments[at]
        names: list[str] = []
        for read in self.source(at).statement(moment.line).reads:
            names += read.names(moment.state, self.values)
        return list(dict.fromkeys(names))


def record(
    function: Callable[..., Any],
    *arguments: Any,
    modules: tuple[str, ...] = ("kobai.",),
    most_moments: int = MOST_MOMENTS,
    most_bytes: int = MOST_BYTES,
    **keywords: Any,
) -> Recording:
    """Calls function(*arguments, **keywords) and records it.

    Only functions of modules whose name begins with one of `modules`, or of the file of `function`, are
    entered. What the function raises is not raised here but kept in `error`. Beyond `most_moments` or
    `most_bytes` of copied arrays the run goes on without being recorded.
    """
    recorder = _Recorder(function, modules, most_moments, most_bytes)
    before = sys.gettrace()
    sys.settrace(recorder.on_call)
    try:
        recorder.recording.result = function(*arguments, **keywords)
    except Exception as error:
        recorder.recording.error = error
    finally:
        sys.settrace(before)
    return recorder.recording


class _Recorder:
    def __init__(
        self, function: Callable[..., Any], modules: tuple[str, ...], most_moments: int, most_bytes: int
    ) -> None:
        self.recording = Recording()
        inner = getattr(function, "__func__", function)
        code = getattr(inner, "__code__", None)
        self._file = code.co_filename if code else None
        self._modules = modules
        self._most_moments, self._most_bytes = most_moments, most_bytes
        self._bytes = 0
        self._open: list[tuple[types.FrameType, int]] = []  # calls that have not returned: frame, number
        self._source_numbers: dict[types.CodeType, int] = {}
        self._last: dict[int, int] = {}  # number of a frame -> its last moment
        self._raising: set[int] = set()
        self._plain: dict[tuple[type, str], int] = {}  # numbers, text, ... -> number
        self._copies: dict[int, tuple[Any, int]] = {}  # id of an array -> the array, number of its last copy

    def on_call(self, frame: types.FrameType, event: str, _argument: Any) -> Any:
        """The global trace function: decides whether a call is entered."""
        if self.recording.stopped or not self._is_ours(frame):
            return None
        known = [number for open_frame, number in self._open if open_frame is frame]  # a generator goes on
        if not known:
            caller = self._open[-1][1] if self._open else None
            called_at = self._last.get(caller) if caller is not None else None
            self.recording.frames.append(Frame(self._source_number(frame.f_code), caller, called_at))
            known = [len(self.recording.frames) - 1]
        self._open.append((frame, known[0]))
        return self._on_event

    def _is_ours(self, frame: types.FrameType) -> bool:
        code = frame.f_code
        if code.co_name.startswith("<") and code.co_name != "<module>":  # a lambda is a part of a line
            return False
        name = str(frame.f_globals.get("__name__", ""))
        return code.co_filename == self._file or any(name.startswith(prefix) for prefix in self._modules)

    def _on_event(self, frame: types.FrameType, event: str, argument: Any) -> Any:
        number = next(number for open_frame, number in reversed(self._open) if open_frame is frame)
        if event == "line":
            self._raising.discard(number)
            self._note(LINE, number, frame)
        elif event == "exception":
            self._raising.add(number)
        elif event == "return":
            if number in self._raising:
                self._note(RAISE, number, frame)
            else:
                self._note(RETURN, number, frame, {RESULT: argument})
            self._open.pop()
        return self._on_event

    def _note(
        self, kind: str, number: int, frame: types.FrameType, more: Mapping[str, Any] | None = None
    ) -> None:
        recording = self.recording
        if recording.stopped:
            return
        source = recording.sources[recording.frames[number].source]
        line = source.statement(frame.f_lineno).line
        last = self._last.get(number)
        if kind == LINE and last is not None and recording.moments[last][:3] == (LINE, number, line):
            return  # another line of the same statement
        if len(recording.moments) >= self._most_moments:
            recording.stopped = TraceLimit(
                "The recording ends here: it holds {count} lines; more would be too many to walk through.",
                count=len(recording.moments),
            )
            return
        variables = {**frame.f_locals, **(more or {})}
        state = {name: self._number(value) for name, value in flattened(variables).items()}
        if self._bytes > self._most_bytes:
            recording.stopped = TraceLimit(
                "The recording ends here: the arrays it holds take {megabytes} MB.",
                megabytes=self._most_bytes // 1024 // 1024,
            )
            return
        depth = len(self._open) - 1
        recording.moments.append(Moment(kind, number, line, depth, state))
        self._last[number] = len(recording.moments) - 1

    def _source_number(self, code: types.CodeType) -> int:
        if code not in self._source_numbers:
            self._source_numbers[code] = len(self.recording.sources)
            self.recording.sources.append(source_of(code))
        return self._source_numbers[code]

    def _append(self, value: Any) -> int:
        self.recording.values.append(value)
        return len(self.recording.values) - 1

    def _number(self, value: Any) -> int:
        """The number under which this value, as it is now, stands in `values`."""
        values = self.recording.values
        if not isinstance(value, np.ndarray):
            plain = value if _is_plain(value) else Named(type(value).__name__)
            key = (type(plain), repr(plain))
            if key not in self._plain:
                self._plain[key] = self._append(plain)
            return self._plain[key]
        _, known = self._copies.get(id(value), (None, None))
        if known is not None and _same(values[known], value):
            return known
        for number in range(len(values) - 1, max(-1, len(values) - 60), -1):  # a view, or a copy of it
            if isinstance(values[number], np.ndarray) and _same(values[number], value):
                break
        else:
            number = self._append(value.copy())
            self._bytes += value.nbytes
        self._copies[id(value)] = (value, number)  # holding it keeps the id its own
        return number


def is_result(name: str) -> bool:
    """Whether this is what a return moment holds: its value, or an entry of it."""
    return name == RESULT or name.startswith(f"{RESULT}[")


def flattened(variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables; entries of dicts, of lists and of an object's `params` are variables of their own."""
    flat: dict[str, Any] = {}
    for name, value in variables.items():
        title = name if isinstance(value, dict) else f"{name}.params"
        entries = value if isinstance(value, dict) else getattr(value, "params", None)
        if isinstance(entries, dict):
            for key in [key for key in entries if isinstance(key, str)][:MOST_ENTRIES]:
                flat[f'{title}["{key}"]'] = entries[key]
        elif isinstance(value, list) and 0 < len(value) <= MOST_ENTRIES:
            flat |= {f"{name}[{i}]": entry for i, entry in enumerate(value)}
        elif not isinstance(value, types.ModuleType | types.FunctionType | type):
            flat[name] = value
    return flat


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return len(value) <= MOST_ENTRIES and all(_is_plain(item) for item in value)
    if isinstance(value, str):
        return len(value) <= 200
    return value is None or isinstance(value, bool | int | float | np.generic)


def _same(copy: Any, array: Any) -> bool:
    """Equal in every bit, and of the same shape and type."""
    return (
        copy.shape == array.shape
        and copy.dtype == array.dtype
        and (copy is array or copy.tobytes() == array.tobytes())
    )


def _order(name: str, named: list[str]) -> tuple[int, str]:
    return (named.index(name) if name in named else len(named), name)
