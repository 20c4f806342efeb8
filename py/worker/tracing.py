"""The Trace room: records a function of the library on real images, and answers about each moment of it."""

import copy
import math

import numpy as np
from kobai import gradient
from kobai.errors import KobaiError
from kobai.mnist import as_inputs
from kobai.network import TwoLayerNet
from kobai.own_code import FILE, run_own_code
from kobai.provenance import where_from
from kobai.summaries import pair_of
from kobai.tracing import LINE, RAISE, RETURN, is_result, record
from kobai.training_step import training_step

from worker import untrained
from worker.trace_pictures import Pictures

LARGEST_BATCH = 100
PERTURBED = 3  # parameters of numerical_gradient
LEARNING_RATE = 0.1
PICTURED = 10  # images of a batch that are sent along
FUNCTIONS = ("predict", "loss", "gradient", "numerical_gradient", "step")


class Tracing:
    """Holds the last recording; the page walks in it."""

    def __init__(self, session):
        self.session = session
        self.recording = None

    async def trace(
        self,
        f,
        network=None,
        image=None,
        batch=None,
        seed=0,
        parameter="W1",
        normalize=True,
        learning_rate=LEARNING_RATE,
    ):
        """Records a function: arguments and answer are in docs/tracing.md. KobaiError for wrong ones."""
        net, about = await self._network(network, seed, normalize)
        if not isinstance(net, TwoLayerNet):
            raise KobaiError(
                "Trace follows the book's TwoLayerNet. The network in use has another build: choose a "
                "TwoLayerNet at the top of the page."
            )
        if f not in FUNCTIONS or parameter not in net.params:
            raise KobaiError("There is no such thing to trace: {f}.", f=f)
        x, t, indices = await self._batch(about, image, batch, seed)
        with np.errstate(all="ignore"):
            self.recording = self._run(f, net, x, t, parameter, learning_rate)
        return {
            **self._overview(f, about, indices, batch is not None),
            "learning_rate": learning_rate if f == "step" else None,
        }

    async def trace_code(self, code, network=None, image=None, batch=None, seed=0, normalize=True):
        """Records a program of the learner's, which has the network as net, images as x, their labels as t.

        The answer is as of `trace`, and what was printed. KobaiError for a text that is no program.
        """
        net, about = await self._network(network, seed, normalize)
        x, t, indices = await self._batch(about, image, batch, seed)
        self.recording, printed = run_own_code(code, {"net": net, "x": x, "t": t})
        return {
            **self._overview("code", about, indices, batch is not None),
            "learning_rate": None,
            "printed": printed,
        }

    async def keep_code(self, code):
        """Keep it for the next visit."""
        await self.session.choices.put(code=code)
        return {}

    def kept_code(self):
        return {"code": self.session.choices.values.get("code")}

    async def _network(self, network, seed, normalize):
        """A network to be run, a copy, and what the page shows of it."""
        networks = self.session.networks
        key = network or networks.current
        if key == "fresh":
            return untrained.network(self.session, seed), untrained.about(seed, normalize)
        return copy.deepcopy(await networks.loaded(key)), networks.about(key)

    async def _batch(self, about, image, batch, seed):
        """(x, t, their numbers) as this network wants them."""
        if not (batch is None or 1 <= batch <= LARGEST_BATCH):
            raise KobaiError("At most {most} images can be traced at once.", most=LARGEST_BATCH)
        images, labels, indices = await self._images(image, batch, seed)
        self.pictures = Pictures(len(images))
        return as_inputs(images, about["normalize"]), labels.astype(np.int64), indices

    async def _images(self, image, batch, seed):
        session = self.session
        if batch is None:
            indices = np.array([0 if image is None else image])
            if not 0 <= indices[0] < len(session.x_test):
                raise KobaiError("There is no test image {index}.", index=int(indices[0]))
            return session.x_test[indices], session.t_test[indices], indices
        await session.load_training_images()
        indices = np.random.RandomState(seed).choice(len(session.x_train), batch)
        return session.x_train[indices], session.t_train[indices], indices

    def _run(self, f, net, x, t, parameter, learning_rate):
        if f == "predict":
            return record(net.predict, x)
        if f == "loss":
            return record(net.loss, x, t)
        if f == "gradient":
            return record(net.gradient, x, t)
        if f == "step":
            return record(training_step, net, x, t, learning_rate)
        values = net.params[parameter]
        steepest = np.argsort(-np.abs(net.gradient(x, t)[parameter]).ravel(), kind="stable")[:PERTURBED]
        few = values.ravel()[steepest].copy()

        def loss_of(changed):
            values.reshape(-1)[steepest] = changed
            return net.loss(x, t)

        return record(gradient.numerical_gradient, loss_of, few)

    def _overview(self, f, about, indices, training):
        recording = self.recording
        stops = [set() for _source in recording.sources]
        for moment in recording.moments:
            stops[recording.frames[moment.frame].source].add(moment.line)
        raised = [at for at, moment in enumerate(recording.moments) if moment.kind == RAISE]
        error, stopped = recording.error, recording.stopped
        return {
            "f": f,
            "network": about,
            "count": len(indices),
            "training": training,
            "images": [self._image(int(i), training) for i in indices[:PICTURED]],
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

    def _image(self, index, training):
        if training:
            return self.session.image_of(index, self.session.x_train[index], self.session.t_train[index])
        return self.session.image(index)

    def trace_moment(self, at, row=0):
        """What a line reads and makes, what its function holds, and the calls that lead there."""
        recording, moment = self._recording(), self._moment(at)
        before = {name: recording.values[number] for name, number in moment.state.items()}
        after_at = recording.following(at) if moment.kind == LINE else at
        state = recording.moments[after_at].state if after_at is not None else moment.state
        after = {name: recording.values[number] for name, number in state.items() if not is_result(name)}

        def shown(name, values):
            told = self.pictures.summary(name, values[name], row)
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
            "pictures": self.pictures.unsent(),
        }

    def _stack(self, at):
        recording = self.recording
        stack = []
        while at is not None:
            moment = recording.moments[at]
            stack.append({"title": recording.source(at).title, "line": moment.line, "at": at})
            at = recording.frames[moment.frame].called_at
        return stack[::-1]

    def trace_why(self, at, name, index):
        """Where one number comes from: see kobai.provenance."""
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
