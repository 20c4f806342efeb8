"""A recording as the page walks in it: what there is, each moment, and where a number comes from."""

import math

from kobai.errors import KobaiError
from kobai.tracing.provenance import where_from
from kobai.tracing.recorder import LINE, RAISE, RETURN, is_result
from kobai.tracing.summaries import pair_of
from kobai.tracing.user_code import FILE
from protocol import called_by_page

from worker.panels.trace_pictures import Pictures


class Walk:
    """Holds the last recording and answers about it."""

    def __init__(self):
        self.recording = None

    def hold(self, recording, images):
        """From now on this recording, made with so many images."""
        self.recording = recording
        self._pictures = Pictures(images)

    def overview(self):
        """The sources, and for each moment where it is; see docs/tracing.md."""
        recording = self.recording
        stops: list[set[int]] = [set() for _source in recording.sources]
        for moment in recording.moments:
            stops[recording.frames[moment.frame].source].add(moment.line)
        raised = [at for at, moment in enumerate(recording.moments) if moment.kind == RAISE]
        error, stopped = recording.error, recording.stopped
        return {
            "sources": [
                {
                    "title": each.title,
                    "file": each.file,
                    "first": each.first,
                    "text": each.text,
                    "stops": sorted(lines),
                }
                for each, lines in zip(recording.sources, stops, strict=True)
            ],
            "source": [recording.frames[moment.frame].source for moment in recording.moments],
            "line": [moment.line for moment in recording.moments],
            "depth": [moment.depth for moment in recording.moments],
            "frame": [moment.frame for moment in recording.moments],
            "kind": [moment.kind for moment in recording.moments],
            "stopped": {"refused": stopped.template, "values": stopped.values} if stopped else None,
            "raised": {"text": f"{type(error).__name__}: {error}", "at": raised[-1] if raised else None}
            if error
            else None,
            "result": _short(recording.result),
        }

    @called_by_page
    def trace_moment(self, at, row=0):
        """What a line reads and makes, what its function holds, and the calls that lead there."""
        recording, moment = self._recording(), self._moment(at)
        before = {name: recording.values[number] for name, number in moment.state.items()}
        after_at = recording.following(at) if moment.kind == LINE else at
        state = recording.moments[after_at].state if after_at is not None else moment.state
        after = {name: recording.values[number] for name, number in state.items() if not is_result(name)}

        def shown(name, values):
            told = self._pictures.summary(name, values[name], row)
            return {**told, "pair": pair_of(name, values)}

        made = recording.made(at)
        makes = []
        for name in made:
            earlier = shown(name, before) if name in before else None
            makes.append({**shown(name, after), "changed": name in before, "before": earlier})
        title = recording.source(at).title
        ended = moment.kind == RETURN and title == FILE  # a program returns nothing: it leaves its variables
        results = {name: before[name] for name in before if is_result(name) and not ended}
        return {
            "at": at,
            "kind": moment.kind,
            "ended": ended,
            "title": title,
            "line": moment.line,
            "stack": self._stack(at),
            "reads": [{**shown(name, before), "changed": False} for name in recording.read(at)],
            "makes": makes,
            "locals": [shown(name, before) for name in before if not is_result(name)],
            "returns": [shown(name, before) for name in results] if moment.kind == RETURN else [],
            "pictures": self._pictures.unsent(),
        }

    def _stack(self, at):
        recording = self.recording
        stack = []
        while at is not None:
            moment = recording.moments[at]
            stack.append({"title": recording.source(at).title, "line": moment.line, "at": at})
            at = recording.frames[moment.frame].called_at
        return stack[::-1]

    @called_by_page
    def trace_why(self, at, name, index):
        """Where one number comes from: see kobai.tracing.provenance."""
        self._moment(at)
        try:
            origin = where_from(self._recording(), at, name, tuple(index))
        except (KeyError, IndexError, LookupError):
            raise KobaiError("There is no such number at this line: {name}.", name=name) from None
        caller = None
        if origin.caller:
            called = origin.caller[1]
            caller = {"name": origin.caller[0], "at": called, "title": self.recording.source(called).title}
        answer = {
            "name": name,
            "index": list(index),
            "value": origin.value,
            "at": origin.made_at,
            "statement": origin.statement,
            "from": caller,
            "why": origin.node,
        }
        return _for_json(answer)

    def _recording(self):
        if self.recording is None:
            raise KobaiError("Nothing has been traced yet.")
        return self.recording

    def _moment(self, at):
        moments = self._recording().moments
        if not 0 <= at < len(moments):
            raise KobaiError("The recording has no moment {at}; it has {count}.", at=at, count=len(moments))
        return moments[at]


def _short(value):
    text = repr(value)
    return text if len(text) <= 200 else text[:199] + "…"


def _for_json(answer):
    """The answer with None for what JSON has no number for: infinity, and nan."""
    if isinstance(answer, dict):
        return {key: _for_json(each) for key, each in answer.items()}
    if isinstance(answer, list | tuple):
        return [_for_json(each) for each in answer]
    return None if isinstance(answer, float) and not math.isfinite(answer) else answer
