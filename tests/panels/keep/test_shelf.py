"""The shelf: networks of every origin, kept across visits, renamed, deleted, brought back, reread."""

import json
import pickle
import re

import numpy as np
import pytest
from playwright.sync_api import expect
from support import reference


def deep(*sizes, seed=1):
    """Random arrays of a network with these layers, the dict that a learner pickles."""
    random = np.random.default_rng(seed)
    params = {}
    for i, (rows, columns) in enumerate(zip(sizes, sizes[1:], strict=False), start=1):
        params[f"W{i}"] = random.normal(size=(rows, columns)) / np.sqrt(rows)
        params[f"b{i}"] = random.normal(size=columns)
    return params


def predict(params, images, activation, scale=255):
    z = images.astype(np.float32) / scale
    depth = len(params) // 2
    for i in range(1, depth + 1):
        z = z @ params[f"W{i}"] + params[f"b{i}"]
        if i < depth:
            z = np.maximum(z, 0) if activation == "relu" else 1 / (1 + np.exp(-z))
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def accuracy_text(params, activation="sigmoid", scale=255):
    y = predict(params, reference.images_to_test(), activation, scale)
    return f"{np.mean(y.argmax(axis=1) == reference.labels_to_test()) * 100:.2f} %"


def pickled(params, name="deep.pkl"):
    return {"name": name, "mimeType": "", "buffer": pickle.dumps(params)}


def row(kobai, name):
    shelf = kobai.region("Shelf of networks")
    shelf.scroll_into_view_if_needed()
    heads = kobai.page.get_by_role("rowheader").filter(has_text=re.compile("^" + re.escape(name)))
    return shelf.get_by_role("row").filter(has=heads)


def press(kobai, action, name):
    row(kobai, name).get_by_role("button", name=f"{action}: {name}", exact=True).click()


def test_what_is_on_the_shelf_is_there_at_the_next_visit(kobai):
    """The first in this file: nothing else has been kept."""
    params = deep(784, 30, 10, seed=4)
    kobai.open_file(pickled(params, "kept.pkl"))
    kobai.page.get_by_role("combobox", name="Activation: kept.pkl").select_option("relu")
    expect(row(kobai, "kept.pkl").get_by_role("cell").nth(2)).to_have_text(accuracy_text(params, "relu"))
    kobai.train(iterations=40, seed=5)
    kobai.wait_until_trained()
    kobai.reset()
    kobai.open_file(pickled(deep(784, 10, seed=6), "gone.pkl"))
    press(kobai, "Delete", "gone.pkl")
    expect(row(kobai, "gone.pkl")).to_have_count(0)

    kobai.page.reload()
    kobai.wait_until_ready()
    expect(row(kobai, "kept.pkl").get_by_role("cell").nth(0)).to_have_text("784–30–10 ReLU")
    expect(row(kobai, "your training, 40 iterations, seed 5")).to_be_visible()
    expect(row(kobai, "gone.pkl")).to_have_count(0)
    expect(kobai.region("Shelf of networks").get_by_text("Kept in this browser: 0.")).to_be_visible()
    press(kobai, "Use", "kept.pkl")
    kobai.expect_network("kept.pkl")
    truth = predict(params, reference.images_to_test()[:1], "relu")[0]
    assert kobai.ask_worker("look", index=0)["probabilities"] == pytest.approx(truth, abs=1e-9)


def test_the_networks_that_come_with_the_page(kobai):
    for about in json.loads((reference.SHIPPED.parent / "shipped.json").read_text()):
        params = pickle.loads((reference.SHIPPED.parents[1] / about["file"]).read_bytes())  # noqa: S301 (our own)
        name = {
            "shipped": "Kobai’s own, 10,000 iterations",
            "shipped-1000": "Kobai’s own, 1,000 iterations",
            "shipped-3": "Kobai’s own, three layers",
        }[about["id"]]
        cells = row(kobai, name).get_by_role("cell")
        sizes = [params["W1"].shape[0], *(params[f"W{i}"].shape[1] for i in range(1, len(params) // 2 + 1))]
        expect(cells.nth(0)).to_have_text("–".join(map(str, sizes)))
        expect(cells.nth(1)).to_have_text(f"{sum(value.size for value in params.values()):,}")
        expect(cells.nth(2)).to_have_text(accuracy_text(params))
        expect(cells.nth(3)).to_have_text("comes with the page")


def test_a_network_of_three_layers_answers(kobai):
    params = deep(784, 50, 100, 10)
    kobai.open_file(pickled(params))
    kobai.expect_network("deep.pkl")
    truth = predict(params, reference.images_to_test()[:1], "sigmoid")[0]
    assert kobai.ask_worker("look", index=0)["probabilities"] == pytest.approx(truth, abs=1e-9)
    expect(row(kobai, "deep.pkl").get_by_role("cell").nth(0)).to_have_text("784–50–100–10")
    expect(row(kobai, "deep.pkl").get_by_role("cell").nth(2)).to_have_text(accuracy_text(params))


def test_how_a_file_is_read_can_be_changed(kobai):
    params = deep(784, 20, 10, seed=2)
    kobai.open_file(pickled(params, "unsaid.pkl"))
    accuracy = row(kobai, "unsaid.pkl").get_by_role("cell").nth(2)
    expect(accuracy).to_have_text(accuracy_text(params))
    kobai.page.get_by_role("combobox", name="Activation: unsaid.pkl").select_option("relu")
    expect(accuracy).to_have_text(accuracy_text(params, "relu"))
    truth = predict(params, reference.images_to_test()[:1], "relu")[0]
    assert kobai.ask_worker("look", index=0)["probabilities"] == pytest.approx(truth, abs=1e-9)
    kobai.page.get_by_role("combobox", name="Pixels: unsaid.pkl").select_option("255")
    expect(accuracy).to_have_text(accuracy_text(params, "relu", 1))


def test_two_quick_choices_of_how_a_file_is_read(kobai):
    """The second does not take back the first, whose answer is on its way."""
    params = deep(784, 20, 10, seed=2)
    kobai.open_file(pickled(params, "quick.pkl"))
    accuracy = row(kobai, "quick.pkl").get_by_role("cell").nth(2)
    expect(accuracy).to_have_text(accuracy_text(params))
    kobai.page.evaluate(
        """() => ['255', 'relu'].forEach((value, i) => {
            const select = document.querySelector(
                `[data-do="${['pixels', 'activation'][i]}"][aria-label$="quick.pkl"]`);
            select.value = value;
            select.dispatchEvent(new Event('change', {bubbles: true}));
        })"""
    )
    expect(accuracy).to_have_text(accuracy_text(params, "relu", 1))


def test_a_learner_can_rename_delete_and_bring_back(kobai):
    kobai.open_file(pickled(deep(784, 10, seed=3), "one.pkl"))
    press(kobai, "Rename", "one.pkl")
    field = kobai.page.get_by_role("textbox", name="New name")
    expect(field).to_be_focused()
    field.fill("<i>mine</i>")
    field.press("Enter")
    expect(row(kobai, "<i>mine</i>")).to_be_visible()
    kobai.expect_network("<i>mine</i>")
    expect(kobai.page.get_by_role("button", name="Rename: <i>mine</i>")).to_be_focused()

    press(kobai, "Rename", "<i>mine</i>")
    field.fill("something else")
    field.press("Escape")
    expect(row(kobai, "<i>mine</i>")).to_be_visible()

    press(kobai, "Delete", "<i>mine</i>")
    expect(row(kobai, "<i>mine</i>")).to_have_count(0)
    kobai.expect_network("Kobai’s own, 10,000 iterations")
    undo = kobai.region("Shelf of networks").get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    kobai.page.keyboard.press("Enter")
    expect(row(kobai, "<i>mine</i>")).to_be_visible()
    press(kobai, "Delete", "<i>mine</i>")
    expect(row(kobai, "<i>mine</i>")).to_have_count(0)


def test_a_copy_of_a_run_stays_while_the_run_goes_on(kobai):
    kobai.train(iterations=60, seed=8, computed_by="numpy")
    kobai.wait_until_trained()
    press(kobai, "Keep a copy", "yours, 60 iterations")
    expect(row(kobai, "your training, 60 iterations, seed 8")).to_be_visible()
    kobai.set(iterations=90)
    kobai.go_on()
    kobai.wait_until_iteration(90)
    kobai.wait_until_trained()
    kobai.network.select_option(label="your training, 60 iterations, seed 8")
    truth = predict(reference.trained(60, seed=8).network.params, reference.images_to_test()[:1], "sigmoid")[
        0
    ]
    assert kobai.ask_worker("look", index=0)["probabilities"] == pytest.approx(truth, abs=1e-9)


def test_a_copy_that_comes_after_the_reset_is_refused_in_words(kobai):
    """A press on the shelf as it was: for a moment after a reset it still shows the run."""
    answer = kobai.ask_worker("keep_copy")
    assert answer["refused"].startswith("The training was reset")


def test_a_downloaded_network_is_the_one_of_its_row(kobai, tmp_path):
    with kobai.page.expect_download() as download:
        press(kobai, "Download", "Kobai’s own, three layers")
    download.value.save_as(tmp_path / "saved.pkl")
    found = pickle.loads((tmp_path / "saved.pkl").read_bytes())  # noqa: S301 (saved above)
    shipped = pickle.loads((reference.SHIPPED.parent / "three_layer_net.pkl").read_bytes())  # noqa: S301 (our own)
    assert set(found) == set(shipped)
    for key, array in shipped.items():
        np.testing.assert_array_equal(found[key], array)


def test_an_npz_is_saved_and_opened(kobai, tmp_path):
    download = kobai.save("npz")
    assert download.suggested_filename == "two_layer_net.npz"
    download.save_as(tmp_path / "mine.npz")
    with np.load(tmp_path / "mine.npz") as file:
        for key, array in reference.shipped_params().items():
            np.testing.assert_array_equal(file[key], array)
    kobai.open_file(tmp_path / "mine.npz")
    kobai.expect_network("mine.npz")
    assert kobai.measured_accuracy() == 0.9468


TOGETHER = """async (key) => {
    const worker = document.querySelector('script[worker]').xworker.sync;
    const ask = JSON.stringify({ network: key });
    // read another way, so that its answers are not there yet
    await worker.interpret(JSON.stringify({ network: key, activation: "relu", normalize: true }));
    const [assessed, deleted] = await Promise.all([worker.assess(ask), worker.delete(ask)]);
    return [JSON.parse(assessed[0]), JSON.parse(deleted[0])];
}"""


def test_a_network_that_is_deleted_while_it_is_measured_harms_nothing(kobai):
    before = [each["id"] for each in kobai.ask_worker("shelf")["networks"]]
    kobai.open_file(pickled(deep(784, 200, 10, seed=9), "slow.pkl"))
    kobai.expect_network("slow.pkl")
    key = kobai.network.input_value()
    assessed, deleted = kobai.page.evaluate(TOGETHER, key)  # a call that fails is an error here
    assert deleted == {}
    assert assessed == {} or assessed["id"] == key  # gone on the way, or just measured
    shelf = kobai.ask_worker("shelf")
    assert (shelf["current"], shelf["beside"]) == ("shipped", None)
    assert [each["id"] for each in shelf["networks"]] == before
