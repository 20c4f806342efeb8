"""What the worker answers about a run: the very source, JSON that a browser can read, the same each time."""

from __future__ import annotations

import inspect
import json
from typing import Any

import numpy as np
import pytest
from kobai.book.functions import sigmoid
from kobai.book.gradient import numerical_gradient
from kobai.book.multi_layer_net import network_of
from kobai.book.training_step import training_step
from kobai.book.two_layer_net import TwoLayerNet
from kobai.errors import KobaiError
from support.worker_doubles import Session, finished
from worker.panels.trace import FUNCTIONS, Trace
from worker.panels.user_code import UserCode


def traced(**arguments: Any) -> tuple[Trace, dict[str, Any]]:
    tracing = Trace(Session())
    return tracing, as_json(finished(tracing.trace(**arguments)))


def as_json(answer: Any) -> Any:
    """As the page gets it; ValueError for nan, which no browser reads."""
    return json.loads(json.dumps(answer, allow_nan=False))


REAL = {
    "predict": TwoLayerNet.predict, "loss": TwoLayerNet.loss, "gradient": TwoLayerNet.gradient,
    "numerical_gradient": numerical_gradient, "step": training_step,
}  # fmt: skip


@pytest.mark.parametrize("f", FUNCTIONS)
@pytest.mark.parametrize("images", [{"image": 5}, {"batch": 30, "seed": 2}], ids=["image", "batch"])
def test_every_moment_and_every_number_it_makes_can_be_asked_for(f: str, images: dict[str, Any]) -> None:
    tracing, answer = traced(f=f, **images)
    texts = [source["text"] for source in answer["sources"]]
    assert texts[0] == inspect.getsource(REAL[f])
    assert inspect.getsource(inspect.unwrap(sigmoid)) in texts
    assert (answer["stopped"], answer["raised"]) == (None, None)
    for at, (source, line) in enumerate(zip(answer["source"], answer["line"], strict=True)):
        assert line in answer["sources"][source]["stops"]
        moment = as_json(tracing.trace_moment(at))
        assert moment["line"] == line
        for made in moment["makes"] + moment["returns"]:
            if made["kind"] == "array" and 0 not in made["shape"]:
                why = as_json(tracing.trace_why(at, made["name"], [n - 1 for n in made["shape"]]))
                assert made["min"] <= why["value"] <= made["max"]


@pytest.mark.parametrize("f", FUNCTIONS)
def test_a_moment_has_the_same_address_in_another_run(f: str) -> None:
    runs = [traced(f=f, batch=3, seed=7) for _ in range(2)]
    assert runs[0][1] == runs[1][1]
    last = len(runs[0][1]["line"]) - 1
    for at in (0, last // 2, last):
        assert as_json(runs[0][0].trace_moment(at)) == as_json(runs[1][0].trace_moment(at))


def test_the_network_of_the_shelf_stays_as_it_is() -> None:
    for f in FUNCTIONS:
        tracing = Trace(Session())
        net = tracing.session.networks.net
        before = {key: value.copy() for key, value in net.params.items()}
        finished(tracing.trace(f, batch=3))
        for key, value in net.params.items():
            np.testing.assert_array_equal(value, before[key])


def test_a_network_of_huge_weights_is_walked_through_without_a_number_that_json_lacks() -> None:
    tracing = Trace(Session())
    tracing.session.networks.net.params["W1"] *= 1e308
    answer = as_json(finished(tracing.trace("gradient", image=1)))
    for at in range(len(answer["line"])):
        moment = as_json(tracing.trace_moment(at))
        for made in moment["makes"]:
            if made["kind"] == "array":
                as_json(tracing.trace_why(at, made["name"], [0] * len(made["shape"])))


@pytest.mark.parametrize(
    "arguments",
    [
        {"f": "accuracy"}, {"f": "predict", "image": -1}, {"f": "predict", "image": 200},
        {"f": "predict", "batch": 0}, {"f": "predict", "batch": 101},
        {"f": "numerical_gradient", "parameter": "W9"},
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused_in_words(arguments: dict[str, Any]) -> None:
    with pytest.raises(KobaiError):
        traced(**arguments)


def test_moments_and_numbers_that_are_not_there_are_refused_in_words() -> None:
    with pytest.raises(KobaiError):
        Trace(Session()).trace_moment(0)
    tracing, answer = traced(f="predict", image=0)
    for ask in (
        lambda: tracing.trace_moment(len(answer["line"])),
        lambda: tracing.trace_moment(-1),
        lambda: tracing.trace_why(2, "nothing", [0]),
        lambda: tracing.trace_why(2, "x", [0, 784]),
        lambda: tracing.trace_why(2, "x", [0]),
    ):
        with pytest.raises(KobaiError):
            ask()


@pytest.mark.parametrize("normalize", [True, False])
def test_a_step_of_a_fresh_network_is_that_of_its_seed_its_pixels_and_its_learning_rate(
    normalize: bool,
) -> None:
    """The book's network as np.random.seed makes it; a mini-batch of the same seed; the step by hand."""
    wish = {"f": "step", "batch": 20, "seed": 9, "network": "fresh", "normalize": normalize}
    tracing, answer = traced(**wish, learning_rate=0.3)
    assert answer["network"]["settings"] == {"seed": 9}
    assert (answer["learning_rate"], answer["network"]["normalize"]) == (0.3, normalize)
    np.random.seed(9)
    net = TwoLayerNet(784, 50, 10, weight_init_std=0.01)
    session = tracing.session
    chosen = np.random.RandomState(9).choice(len(session.x_train), 20)
    x = session.x_train[chosen].astype(np.float32) / np.float32(255 if normalize else 1)
    training_step(net, x, session.t_train[chosen].astype(np.int64), 0.3)
    last = tracing.recording.moments[-1].state
    np.testing.assert_array_equal(tracing.recording.values[last["x_batch"]], x)
    params = {name: tracing.recording.values[at] for name, at in last.items() if "params" in name}
    for key, value in net.params.items():
        (found,) = [each for name, each in params.items() if name.endswith(f'["{key}"]')]
        np.testing.assert_array_equal(found, value)


OWN = """
hits = 0
for i in range(len(x)):
    y = net.predict(x[i])
    if np.argmax(y) == t[i]:
        hits += 1
net.params["W1"][0, 0] = 7
print(hits)
"""


class Buffer(bytes):
    """As a typed array comes to the worker."""

    def to_bytes(self) -> bytes:
        return bytes(self)


def own(code: str, **arguments: Any) -> tuple[UserCode, dict[str, Any]]:
    """The program in the Python that runs it, with what the page's Python gives it."""
    return given_by(Trace(Session()), code, **arguments)


def given_by(tracing: Trace, code: str, **arguments: Any) -> tuple[UserCode, dict[str, Any]]:
    given, *arrays = finished(tracing.given_to_code(**arguments))
    given = as_json(given)
    own_code = UserCode()
    answer = own_code.run_code(*[Buffer(each) for each in arrays], code=code, **given["known"])
    return own_code, as_json({**answer, **given["shown"]})


def test_a_program_of_the_learner_runs_on_a_copy_and_can_be_walked_through() -> None:
    tracing = Trace(Session())
    own_code, answer = given_by(tracing, OWN, batch=10, seed=3)
    session = tracing.session
    net = session.networks.net
    assert net.params["W1"][0, 0] != 7
    chosen = np.random.RandomState(3).choice(200, 10)
    y = net.predict(session.x_train[chosen].astype(np.float32) / np.float32(255))
    assert answer["printed"] == f"{np.sum(y.argmax(axis=1) == session.t_train[chosen])}\n"
    assert (answer["f"], answer["count"], answer["stopped"], answer["raised"]) == ("code", 10, None, None)
    assert answer["sources"][0]["text"] == OWN
    for at in range(len(answer["line"])):
        moment = as_json(own_code.trace_moment(at))
        for made in moment["makes"]:
            if made["kind"] == "array" and 0 not in made["shape"]:
                as_json(own_code.trace_why(at, made["name"], [0] * len(made["shape"])))


def test_a_program_that_fails_says_where() -> None:
    _tracing, answer = own("a = x.shape\nb = a[5]\n", image=0)
    assert answer["raised"]["text"] == "IndexError: tuple index out of range"
    assert answer["line"][answer["raised"]["at"]] == 2


def test_a_program_that_never_ends_is_ended_and_shown_until_there() -> None:
    _tracing, answer = own("while True:\n    pass\n")
    assert "lines" in answer["stopped"]["refused"]
    assert len(answer["line"]) > 1000


def test_a_network_that_no_file_may_hold_arrives_bit_by_bit() -> None:
    """One whose training diverged, and one of another build."""
    tracing = Trace(Session())
    tracing.session.networks.net = network_of(
        {
            "W1": np.full((784, 3), np.nan),
            "b1": np.full(3, np.inf),
            "W2": np.ones((3, 10)),
            "b2": -np.zeros(10),
        },
        "relu",
    )
    code = 'print(net.activation, net.params["W1"][783, 2], net.params["b1"][2], net.params["b2"][9], t)\n'
    _own, answer = given_by(tracing, code, image=5)
    assert answer["printed"] == f"relu nan inf -0.0 [{tracing.session.t_test[5]}]\n"


def test_the_values_of_odd_things_are_words() -> None:
    """Nothing of the program runs when its variables are looked at, and the page can read all of it."""
    tracing, answer = own(
        "import itertools\nclass Odd:\n    def __repr__(self): raise OSError\n"
        "odd = Odd()\nall = [odd, {1: odd}, float('nan'), float('inf')]\n"
        "more = [1j, b'x', itertools.count(), 10**400]\n"
        "text = np.array(['a', 'b'])\nnan = np.array([np.nan, np.inf])\nnothing = np.zeros((0, 3))\n"
    )
    assert answer["raised"] is None
    for at in range(len(answer["line"])):
        as_json(tracing.trace_moment(at))
