"""Run a function and record the values of its variables before every line, to step back and forth in the run.

Recorded by `sys.settrace` (Python Library Reference, sys) while the real function runs, so it computes what
it computes anyway, bit for bit. Arrays are copied when they are new or have changed.
"""

from __future__ import annotations

import bisect
import dis
import functools
import inspect
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ..book import input_checks
from ..errors import KobaiError
from .recorded_values import Full, Keeper, flattened
from .source_statements import Source, source_of

MOST_MOMENTS = 5_000
MOST_BYTES = 64 * 1024 * 1024  # of copied arrays
MOST_DEPTH = 200  # calls within each other
LINE, RETURN, RAISE = "line", "return", "raise"
_PAUSES = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
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


class Frame(NamedTuple):
    """One call: its source (a number in Recording.sources), the calling frame, the moment of the call.

    names: the globals of the function, by which its names are resolved.
    """

    source: int
    caller: int | None
    called_at: int | None
    names: dict[str, Any]


class TraceLimit(KobaiError):
    """A recording has reached its limit; the moments before are kept."""


class _Halted(BaseException):
    """Ends the traced program; no `except Exception` in it catches this."""


class Recording:
    """A recorded run.

    moments, frames, sources, values: see Moment and Frame. result: what the function returned. error: what it
    raised, or None. stopped: the TraceLimit that ended the recording (not the run), or None.
    """

    def __init__(self) -> None:
        """Start empty; `record` fills it."""
        self.moments: list[Moment] = []
        self.frames: list[Frame] = []
        self.sources: list[Source] = []
        self.values: list[Any] = []
        self.result: Any = None
        self.error: BaseException | None = None
        self.stopped: TraceLimit | None = None
        self._of_frames: dict[int, list[int]] = {}

    def source(self, at: int) -> Source:
        """The source of the function that moment `at` is in."""
        return self.sources[self.frames[self.moments[at].frame].source]

    def following(self, at: int) -> int | None:
        """The next moment of the same call, which shows the effects of this line; None after the last one."""
        own = self.of_frame(self.moments[at].frame)
        place = bisect.bisect_right(own, at)
        return own[place] if place < len(own) else None

    def of_frame(self, frame: int) -> list[int]:
        """The moments of one call."""
        if not self._of_frames:
            for at, moment in enumerate(self.moments):
                self._of_frames.setdefault(moment.frame, []).append(at)
        return self._of_frames[frame]

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
    halt: bool = False,
    **keywords: Any,
) -> Recording:
    """Call function(*arguments, **keywords) and record it.

    Only functions of modules whose name begins with one of `modules`, or of the file of `function`, are
    entered. What the function raises is not raised here but kept in `error`. Beyond `most_moments` or
    `most_bytes` of copied arrays the run goes on without being recorded, or, with `halt`, is ended. Without
    `halt`, a KeyboardInterrupt and its like are raised.
    """
    recorder = _Recorder(function, modules, most_moments, most_bytes, halt)
    before = sys.gettrace()
    sys.settrace(recorder.on_call)
    try:
        recorder.recording.result = function(*arguments, **keywords)
    except _Halted:
        pass
    except BaseException as error:
        if not halt and not isinstance(error, Exception | SystemExit):
            raise
        recorder.recording.error = error
    finally:
        sys.settrace(before)
    return recorder.recording


class _Recorder:
    def __init__(
        self,
        function: Callable[..., Any],
        modules: tuple[str, ...],
        most_moments: int,
        most_bytes: int,
        halt: bool,
    ) -> None:
        self.recording = Recording()
        self._halt = halt
        self._file = _file_of(function)
        self._modules = modules
        self._most_moments, self._most_bytes = most_moments, most_bytes
        self._keeper = Keeper(self.recording.values, most_bytes)
        self._open: list[tuple[types.FrameType, int]] = []  # calls that have not returned: frame, number
        self._resting: dict[types.FrameType, int] = {}  # generators that have yielded
        self._source_numbers: dict[types.CodeType, int] = {}
        self._last: dict[int, int] = {}  # number of a frame -> its last moment
        self._closing: set[int] = set()  # generators that are closed before their end
        self._too_long = TraceLimit(
            "The recording ends here: it holds {count} lines; more would be too many to walk through.",
            count=most_moments,
        )
        self._too_deep = TraceLimit("The recording ends here: the calls lie too deep within each other.")

    def on_call(self, frame: types.FrameType, event: str, _argument: Any) -> Any:
        """The global trace function: decide whether the lines of a call are recorded."""
        try:
            return self._entered(frame)
        except RecursionError:  # of the run, not of ours: it must not be raised from here
            self._stop(self._too_deep)
            return None

    def _entered(self, frame: types.FrameType) -> Any:
        if not self._is_ours(frame):
            return None
        if len(self._open) >= MOST_DEPTH:
            self._stop(self._too_deep)
            return None
        number = self._resting.pop(frame, None)
        if number is None:
            caller = self._open[-1][1] if self._open else None
            called_at = self._last.get(caller) if caller is not None else None
            number = len(self.recording.frames)
            source = self._source_number(frame.f_code)
            self.recording.frames.append(Frame(source, caller, called_at, frame.f_globals))
        self._open.append((frame, number))
        return self._on_event

    def _is_ours(self, frame: types.FrameType) -> bool:
        code = frame.f_code
        if code.co_name.startswith("<") and code.co_name != "<module>":  # a lambda is a part of a line
            return False
        name = str(frame.f_globals.get("__name__", ""))
        if name == input_checks.__name__:  # they prepare arguments, beside what the book's functions compute
            return False
        return code.co_filename == self._file or any(name.startswith(prefix) for prefix in self._modules)

    def _on_event(self, frame: types.FrameType, event: str, argument: Any) -> Any:
        if not self._open or self._open[-1][0] is not frame or self.recording.stopped:
            return None  # a generator that outlives the recording
        number = self._open[-1][1]
        try:
            if event == "line":
                self._note(LINE, number, frame)
            elif event == "exception" and argument[0] is GeneratorExit:
                self._closing.add(number)
            elif event == "return":
                self._leave(number, frame, argument)
        except RecursionError:
            self._stop(self._too_deep)
        return self._on_event

    def _leave(self, number: int, frame: types.FrameType, value: Any) -> None:
        if value is not None or _returns(frame):
            self._note(RETURN, number, frame, {RESULT: value})
        elif number not in self._closing:
            self._note(RAISE, number, frame)
        if frame.f_code.co_flags & _PAUSES:
            self._resting[frame] = number
        self._open.pop()

    def _note(
        self, kind: str, number: int, frame: types.FrameType, more: Mapping[str, Any] | None = None
    ) -> None:
        recording = self.recording
        source = recording.sources[recording.frames[number].source]
        last = self._last.get(number)
        before = recording.moments[last].line if last is not None else source.first
        line = source.statement(frame.f_lineno or before).line  # what `finally` raises again has no line
        if kind == LINE and last is not None and recording.moments[last][:3] == (LINE, number, line):
            return  # another line of the same statement
        if len(recording.moments) >= self._most_moments:
            self._stop(self._too_long)
            return
        variables = {name: each for name, each in frame.f_locals.items() if not name.startswith("__")}
        variables |= more or {}
        try:
            state = {name: self._keeper.number(value) for name, value in flattened(variables).items()}
        except Full:
            self._stop(
                TraceLimit(
                    "The recording ends here: the arrays it holds take {megabytes} MB.",
                    megabytes=self._most_bytes // 1024 // 1024,
                )
            )
            return
        depth = len(self._open) - 1
        recording.moments.append(Moment(kind, number, line, depth, state))
        self._last[number] = len(recording.moments) - 1

    def _stop(self, limit: TraceLimit) -> None:
        """End the recording at a limit; the run goes on at full speed, or ends with `halt`."""
        self.recording.stopped = limit
        sys.settrace(None)
        if self._halt:
            raise _Halted

    def _source_number(self, code: types.CodeType) -> int:
        if code not in self._source_numbers:
            self._source_numbers[code] = len(self.recording.sources)
            self.recording.sources.append(source_of(code))
        return self._source_numbers[code]


def is_result(name: str) -> bool:
    """Whether a name of a return moment is its value, or an entry of it."""
    return name == RESULT or name.startswith(f"{RESULT}[")


def _file_of(function: Any) -> str | None:
    """The file of a function, of what a decorator or functools.partial wraps, of an object's __call__."""
    while isinstance(function, functools.partial):
        function = function.func
    function = inspect.unwrap(getattr(function, "__func__", function))
    if not hasattr(function, "__code__"):
        function = getattr(function, "__init__" if isinstance(function, type) else "__call__", None)
    code = getattr(function, "__code__", None)
    return code.co_filename if code else None


def _returns(frame: types.FrameType) -> bool:
    """Whether a call that ends with None does so by return or yield, not because of an error."""
    name = dis.opname[frame.f_code.co_code[frame.f_lasti]]
    return name.startswith(("RETURN", "YIELD"))


def _order(name: str, named: list[str]) -> tuple[int, str]:
    return (named.index(name) if name in named else len(named), name)
