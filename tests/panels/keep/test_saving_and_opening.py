"""Saving, opening and keeping networks: nothing is lost, nothing in a file is run."""

import io
import json
import os
import pickle
import re
import subprocess
import sys
import zlib

import numpy as np
import pytest
from playwright.sync_api import expect
from support import reference
from support.files import hostile_pickles

# The class as a reader of the book has it; pickle needs only its name
TWO_LAYER_NET = "class TwoLayerNet:\n    pass\n"
READER = """
import json, pickle, sys
import numpy as np
with open(sys.argv[1], "rb") as f:
    found = pickle.load(f)
if not isinstance(found, dict):
    import two_layer_net
    assert type(found) is two_layer_net.TwoLayerNet, type(found)
    found = found.params
x = np.load(sys.argv[2])
z1 = 1 / (1 + np.exp(-(np.dot(x, found["W1"]) + found["b1"])))
a2 = np.dot(z1, found["W2"]) + found["b2"]
e = np.exp(a2 - a2.max(axis=1, keepdims=True))
print(json.dumps({"numpy": np.__version__, "y": (e / e.sum(axis=1, keepdims=True)).tolist()}))
"""


def numpys() -> list[str]:
    """The installed NumPy, and NumPy 1.26 where `build.py test` has put it."""
    return ["2"] + (["1"] if os.environ.get("KOBAI_NUMPY1") else [])


def test_a_saved_network_answers_the_same_in_the_readers_own_python(kobai, tmp_path):
    """In both forms, and with each NumPy."""
    kobai.train(iterations=150, seed=2, computed_by="numpy")
    kobai.wait_until_trained()
    shown = [kobai.ask_worker("look", index=index)["probabilities"] for index in range(10)]
    (tmp_path / "two_layer_net.py").write_text(TWO_LAYER_NET, encoding="utf-8")
    np.save(tmp_path / "x.npy", reference.images_to_test()[:10] / 255)
    for form in ("dict", "instance"):
        download = kobai.save(form)
        assert download.suggested_filename.endswith(".pkl")
        download.save_as(tmp_path / f"{form}.pkl")
        for numpy in numpys():
            environment = os.environ | {"PYTHONPATH": os.environ["KOBAI_NUMPY1"] if numpy == "1" else ""}
            done = subprocess.run(
                [sys.executable, "-c", READER, f"{form}.pkl", "x.npy"],
                cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
            answer = json.loads(done.stdout)
            assert answer["numpy"].startswith(numpy + ".")
            assert np.array(answer["y"]) == pytest.approx(np.array(shown), abs=1e-6)
    found = pickle.loads((tmp_path / "dict.pkl").read_bytes())  # noqa: S301 (saved above)
    for key, array in reference.trained(150, seed=2).network.params.items():
        assert found[key].dtype == np.float64
        assert found[key] == pytest.approx(array, abs=1e-9)


def test_save_reload_open_same_accuracy(kobai, tmp_path):
    kobai.train(iterations=100)
    kobai.wait_until_trained()
    accuracy = kobai.measured_accuracy()
    assert accuracy != 0.9468
    for form in ("dict", "instance"):
        kobai.save(form).save_as(tmp_path / f"{form}.pkl")
    kobai.reset()  # so that the reload brings back nothing of it
    kobai.page.reload()
    kobai.wait_until_ready()
    for form in ("dict", "instance"):
        kobai.use("shipped")
        kobai.open_file(tmp_path / f"{form}.pkl")
        kobai.expect_network(f"{form}.pkl")
        assert kobai.measured_accuracy() == accuracy


def test_a_reload_in_the_middle_of_a_run_loses_nothing(kobai):
    kobai.train(iterations=1_000_000, seed=4)
    kobai.wait_until_iteration(30)
    stood = kobai.pause()
    goal = stood + 700  # past the end of an epoch
    cpython = reference.trained(goal, seed=4)
    kobai.page.reload()
    kobai.wait_until_ready()
    expect(kobai.page.locator("#continue")).to_be_enabled()
    assert kobai.iteration() == stood
    assert kobai.page.locator("#seed").input_value() == "4"
    assert kobai.page.locator("#iterations").input_value() == "1000000"
    kobai.set(iterations=goal)
    kobai.show("train")
    kobai.go_on()
    kobai.wait_until_trained()
    checked = [1, 2, stood, stood + 1, stood + 300, goal - 1, goal]
    expected = [cpython.train_loss_list[i - 1] for i in checked]
    assert kobai.losses(checked) == pytest.approx(expected, abs=0.51e-4)
    assert [row[0] for row in kobai.epochs()] == [*range(1, goal + 1, 600)]


def test_drag_and_drop(kobai):
    """By a name of letters beyond U+FFFF, which UTF-16 writes as two: it comes back from the worker whole."""
    name = "𠮷野家の𩸽と𠮷田のネットワーク😀.pkl"
    kobai.drop_file(name, reference.SHIPPED.read_bytes())
    kobai.expect_network(name)
    expect(kobai.page.get_by_text(f"{name} is now the network in use.", exact=True)).to_be_visible()
    kobai.drop_file(name, b"hello")
    expect(kobai.problem).to_contain_text(f"{name} was not opened. The file is text")
    kobai.button("Close").click()
    truth = reference.predict(reference.shipped_params(), reference.images_to_test()[:1])[0]
    assert kobai.ask_worker("look", index=0)["probabilities"] == pytest.approx(truth, abs=1e-9)


def test_an_opened_network_is_the_one_that_answers(kobai):
    """A network made here whose answer is known: all weights zero but one bias, so always 6."""
    params = {"W1": np.zeros((784, 3)), "b1": np.zeros(3), "W2": np.zeros((3, 10)), "b2": np.zeros(10)}
    params["b2"][6] = np.log(9)  # softmax: 9 / (9 + 9) for 6, 1 / 18 for each other digit
    kobai.open_file({"name": "six.pkl", "mimeType": "", "buffer": pickle.dumps(params)})
    kobai.expect_network("six.pkl")
    assert kobai.probabilities() == pytest.approx(
        [0.5 if digit == 6 else 1 / 18 for digit in range(10)], abs=0.51e-4
    )
    expect(kobai.verdict).to_have_text("Answer: 6 (50.00 %). Wrong: it is a 7.")
    assert kobai.measured_accuracy() == 0.0958  # 958 of the 10,000 test images are a 6


def wrong_shapes() -> bytes:
    arrays = {"W1": np.zeros((100, 50)), "b1": np.zeros(50), "W2": np.zeros((50, 10)), "b2": np.zeros(10)}
    return pickle.dumps(arrays)


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = bytes.fromhex("00000001000000010800000000")
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


class OsSystem:
    def __reduce__(self):
        return os.system, ("echo > hacked",)


def runs_in_the_browser() -> bytes:
    """A valid network whose pickle also runs Python that would ask the page's server for /hacked."""
    attack = hostile_pickles.text("import js; js.fetch('hacked')")
    return hostile_pickles.in_network(hostile_pickles.call("builtins", "exec", attack))


BAD_FILES = {
    "os.system": (lambda: pickle.dumps(OsSystem()), r"system"),
    "exec in a network": (runs_in_the_browser, r"exec"),
    "cut short": (lambda: reference.SHIPPED.read_bytes()[:100_000], r"ends too early|cut|short|early"),
    "empty": (lambda: b"", r"empty"),
    "wrong shapes": (wrong_shapes, r"100 inputs.*784"),
    "PNG": (png, r"image"),
    "text": (lambda: b"hello, world\n", r"text"),
    "random bytes": (lambda: bytes(np.random.RandomState(1).bytes(5000)), r"neither a pickle"),
    "a list": (lambda: pickle.dumps([1, 2, 3]), r"list"),
    "NaN": (
        lambda: pickle.dumps(reference.shipped_params() | {"b2": np.full(10, np.nan)}),
        r"b2.*NaN",
    ),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_is_refused_with_its_reason_and_the_network_stays(kobai, kind):
    make, reason = BAD_FILES[kind]
    before = kobai.ask_worker("look", index=0)["probabilities"]
    name = kobai.network.locator("option:checked").inner_text()
    kobai.open_file({"name": "bad file.pkl", "mimeType": "", "buffer": make()})
    expect(kobai.problem).to_have_text(re.compile(reason, re.DOTALL))
    expect(kobai.problem).to_contain_text("bad file.pkl was not opened.")
    expect(kobai.problem).to_contain_text("The network in use stays.")
    kobai.expect_network(name)
    assert kobai.ask_worker("look", index=0)["probabilities"] == before
    kobai.button("Close").click()
    expect(kobai.page.get_by_role("alert")).to_be_hidden()


def test_nothing_in_a_malicious_file_is_run(kobai, shared_visit, tmp_path):
    (tmp_path / "js.py").write_text("def fetch(address):\n    print('ran', address)\n", encoding="utf-8")
    (tmp_path / "bomb.pkl").write_bytes(runs_in_the_browser())
    # plain pickle runs it, so a page that used plain pickle would be found out
    code = "import pickle; pickle.load(open('bomb.pkl', 'rb'))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout == "ran hacked\n", done.stderr
    kobai.open_file(tmp_path / "bomb.pkl")
    expect(kobai.problem).to_contain_text("bomb.pkl was not opened.")
    kobai.ask_worker("look", index=0)  # a request made by the file would have gone out before this answer
    assert not [url for url in shared_visit.watch.requests if "hacked" in url]


def test_a_file_too_large_is_refused_unread(kobai, tmp_path):
    large = tmp_path / "large.pkl"
    with large.open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)
    kobai.open_file(large)
    expect(kobai.problem).to_have_text(re.compile(r"large\.pkl is too large for a network \(67 MB\)"))
    expect(kobai.problem).to_contain_text("The network in use stays.")


def drop_from_disk(page, path) -> None:
    """Drag a file or folder from the desktop: what the browser then hands over is read from disk."""
    session = page.context.new_cdp_session(page)
    box = page.get_by_role("main").bounding_box()
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        place = {"x": box["x"] + 200, "y": 300}
        session.send("Input.dispatchDragEvent", {"type": kind, "data": data, **place})
    session.detach()


def choose_and_lose(page, picker: str, path, lose) -> None:
    """Choose a file; before the page reads it, it is lost."""
    once = "{capture: true, once: true}"
    page.evaluate(f"addEventListener('change', event => event.stopImmediatePropagation(), {once})")
    page.locator(picker).set_input_files(path)
    lose(path)
    page.dispatch_event(picker, "change")


def test_what_cannot_be_read_is_said_with_what_to_do(kobai, tmp_path):
    (folder := tmp_path / "networks of mine").mkdir()
    drop_from_disk(kobai.page, folder)
    expect(kobai.problem).to_have_text(
        "networks of mine is a folder. Open one file in it: a pickle or an .npz. The network in use stays."
    )
    kobai.button("Close").click()
    (there := tmp_path / "there.pkl").write_bytes(reference.SHIPPED.read_bytes())
    lost = "there.pkl could not be read: it was moved, deleted or changed, or is locked. Choose it again."
    for picker in ("#file", "#backup-file"):
        for lose in (lambda path: path.unlink(), lambda path: path.write_bytes(b"other, longer " * 100_000)):
            there.write_bytes(reference.SHIPPED.read_bytes())
            choose_and_lose(kobai.page, picker, there, lose)
            expect(kobai.problem).to_have_text(lost)
            kobai.button("Close").click()
            assert kobai.page.locator(picker).input_value() == ""  # so that it can be chosen again
    there.write_bytes(reference.SHIPPED.read_bytes())
    drop_from_disk(kobai.page, there)
    kobai.expect_network("there.pkl")


MARKUP = "<img src=x onerror=window.hacked=1>.pkl"


def test_a_file_name_is_text_never_markup(kobai):
    kobai.drop_file(MARKUP, reference.SHIPPED.read_bytes())
    kobai.expect_network(MARKUP)
    expect(kobai.page.get_by_text(f"{MARKUP} is now the network in use.")).to_be_visible()
    kobai.measured_accuracy()
    kobai.drop_file(MARKUP, b"hello")
    expect(kobai.problem).to_contain_text(f"{MARKUP} was not opened.")
    assert kobai.page.locator("img[onerror]").count() == 0
    assert kobai.page.evaluate("window.hacked") is None


def test_the_code_beside_the_save_button_is_for_this_form(kobai):
    kobai.field("As").select_option("dict")
    code = kobai.region("Save and open").locator("pre")
    expect(code).to_contain_text("params = pickle.load(f)")
    kobai.field("As").select_option("instance")
    expect(code).to_contain_text("from two_layer_net import TwoLayerNet")


def test_a_network_whose_numbers_are_none_gives_no_answer(kobai):
    """Weights of finite size whose sums are not: not the digit 0, which NaN would be by argmax."""
    params = {"W1": np.zeros((784, 50)), "b1": np.zeros(50)}
    params |= {"W2": np.full((50, 10), 1e308), "b2": np.zeros(10)}  # all scores infinite: softmax is NaN
    buffer = io.BytesIO()
    np.savez(buffer, **params)
    file = {"name": "huge.npz", "mimeType": "application/zip", "buffer": buffer.getvalue()}
    kobai.open_file(file)
    kobai.expect_network("huge.npz")
    expect(kobai.verdict).to_have_text(re.compile("^No answer: "))
    assert kobai.probabilities() == [0.0] * 10
    assert kobai.measured_accuracy() == 0
