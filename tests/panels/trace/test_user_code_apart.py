"""Own code may change all of its Python: what is saved, kept and exported comes from another one."""

from __future__ import annotations

import io
import pickle
import pickletools
import zipfile
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect
from support import reference
from support.browser import kept_storage, workers
from support.browser.faulty_server import MISSING
from support.panels.user_code_panel import UserCodePanel

# every way to a file that the library has, and below it what they use; each then hands over a command
POISON = """
import io, pickle, sys
import kobai.files.network_file, kobai.files.backup, kobai.files.checkpoint
import kobai.book.two_layer_net, kobai.book.functions
class Command:
    def __reduce__(self): return (print, ("a command of the file",))
evil = lambda *_given, **_named: pickle.dumps(Command())
plain = pickle.dumps
pickle.dumps = lambda *_given, **_named: plain(Command())
for name, module in list(sys.modules.items()):
    if name.startswith(("worker", "kobai")):
        for each in ("dump_network", "dump_backup", "dump_state"):
            if hasattr(module, each):
                setattr(module, each, evil)
for name in ("worker.networks", "worker.panels.backup"):
    try:
        module = __import__(name, fromlist=["x"])
        module.dump_network = evil
    except Exception as error:
        print(type(error).__name__)
wrong = lambda *_given: np.full((1, 10), 0.1)
kobai.book.two_layer_net.TwoLayerNet.predict = kobai.book.functions.softmax = wrong
print("poisoned", net.predict(x)[0, 0])
"""
HARMLESS = {
    "numpy.core.multiarray _reconstruct", "numpy ndarray", "numpy dtype", "two_layer_net TwoLayerNet",
    "_codecs encode", "builtins dict", "copy_reg _reconstructor", "builtins object",
    "numpy.core.multiarray scalar", "numpy.core.numeric _frombuffer", "numpy._core.numeric _frombuffer",
}  # fmt: skip


def names_in(data: bytes) -> set[str]:
    """All that a pickle would have Python call or make."""
    found, texts, memo, pushed = set(), [], [], None
    for operation, argument, _at in pickletools.genops(data):
        assert operation.name not in ("INST", "EXT1", "EXT2", "EXT4", "PERSID", "BINPERSID")
        if operation.name == "MEMOIZE":
            memo.append(pushed)
            continue
        if operation.name == "GLOBAL":
            found.add(argument)
        elif operation.name == "STACK_GLOBAL":
            found.add(" ".join(texts[-2:]))
        pushed = argument if isinstance(argument, str) and operation.name != "GLOBAL" else None
        if operation.name in ("BINGET", "LONG_BINGET"):
            pushed = memo[argument] if memo else None
        if pushed is not None:
            texts.append(pushed)
    return found


def params_of(data: bytes) -> dict[str, np.ndarray]:
    """The arrays of a pickle, which names nothing but what holds them."""
    assert names_in(data) <= HARMLESS
    return pickle.loads(data)  # noqa: S301


def file_of(download) -> bytes:
    return Path(download.path()).read_bytes()


def same(found, expected) -> None:
    assert sorted(found) == sorted(expected)
    for key, values in expected.items():
        np.testing.assert_array_equal(found[key], values)


def test_after_own_code_what_is_saved_kept_and_exported_is_what_it_was(visit):
    kobai = visit().kobai.wait_until_ready()
    kobai.train(iterations=30, seed=4)
    kobai.wait_until_trained()
    panel = UserCodePanel(kobai).come_near()
    trained = params_of(file_of(kobai.save("dict")))
    panel.run(POISON)
    expect(panel.printed).to_contain_text("poisoned 0.1")
    panel.end()

    # saved
    same(params_of(file_of(kobai.save("dict"))), trained)
    instance = file_of(kobai.save("instance"))
    assert names_in(instance) <= HARMLESS
    with np.load(io.BytesIO(file_of(kobai.save("npz")))) as arrays:
        same(arrays, trained)
    kobai.use("shipped")
    same(params_of(file_of(kobai.save("dict"))), reference.shipped_params())
    # shown as the page's own
    assert kobai.probabilities()[7] > 0.99

    # kept: the network of the training is put on the shelf, and another training is kept at its end
    kobai.reset()
    kobai.train(iterations=7, seed=5)
    kobai.wait_until_trained()
    # exported
    with kobai.at("keep"), kobai.page.expect_download() as download:
        kobai.button("Export everything").press("Enter")
    with zipfile.ZipFile(download.value.path()) as archive:
        exported = {name: archive.read(name) for name in archive.namelist()}
    pickles = [data for name, data in exported.items() if name.endswith(".pkl")]
    same(params_of(pickles[0]), trained)
    assert len(pickles) == 1

    kobai.page.reload()
    kobai.wait_until_ready()
    assert kobai.iteration() == 7
    networks = kept_storage.records(kobai.page, "network:", data=True).values()
    trainings = kept_storage.records(kobai.page, "training:", data=True).values()
    assert [len(networks), len(trainings)] == [1, 1]
    same(params_of(next(iter(networks))["data"]), trained)
    with np.load(io.BytesIO(next(iter(trainings))["data"]), allow_pickle=False) as arrays:
        assert arrays.files
    kobai.use("shipped")
    kobai.go_to_image(0)
    assert kobai.probabilities()[7] > 0.99


def test_own_code_and_training_go_on_beside_each_other(visit):
    """A program that never answers holds up nothing else; ending it changes nothing else."""
    kobai = visit().kobai.wait_until_ready()
    panel = UserCodePanel(kobai).come_near()
    panel.run("a = 1\n")
    kobai.train(iterations=100_000, seed=2)
    kobai.wait_until_iteration(10)
    panel.text.fill("import itertools\nn = sum(itertools.repeat(1))\n")
    panel.button("Trace").click()
    expect(panel.button("Stop the code")).to_be_visible()
    began = kobai.iteration()
    kobai.wait_until_iteration(began + 50)
    panel.button("Stop the code").click()
    expect(panel.button("Stop the code")).to_be_hidden()
    kobai.wait_until_iteration(kobai.iteration() + 50)
    assert kobai.pause() > began
    expect(kobai.page.get_by_role("alert")).to_be_hidden()
    expect(panel.page.locator("#trace-work")).to_be_hidden()  # what was recorded went with its Python
    panel.run("b = 2\n")
    panel.trace("predict", test_image=1)
    panel.forget_address()


@pytest.mark.fault("the worker of own code ends, or cannot start")
def test_the_end_of_its_python_is_said_and_changes_nothing_else(visit, make_site):
    site = make_site({"pyodide/own.mjs": MISSING})
    begun = visit(site=site, before=workers.hold)
    kobai = begun.kobai.wait_until_ready()
    kobai.step()
    panel = UserCodePanel(kobai).come_near()
    begun.watch.announce("own.mjs|404")
    panel.field("Function").select_option("code")
    panel.text.fill("a = 1\n")
    panel.button("Trace").click()
    expect(kobai.problem).to_contain_text("Python for your own code could not start", timeout=60_000)
    site.mend()
    panel.run("a = 1\nb = a\n")
    workers.end(kobai.page)
    expect(kobai.problem).to_contain_text("The Python that ran your code has stopped")
    panel.run("a = 1\n")
    assert kobai.iteration() == 1
    kobai.step()
