"""The check-up: its figures against plain NumPy and the stored table, what it finds in changed networks."""

import io
import json
import pickle
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect
from support import reference
from support.panels.checkup_panel import CheckupPanel

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def panel(kobai):
    return CheckupPanel(kobai)


def early_params():
    """The shipped network of 1,000 iterations."""
    return pickle.loads((ROOT / "static/networks/two_layer_net_1000.pkl").read_bytes())  # noqa: S301


def relu_params():
    """A network with one hidden layer of ReLU, trained here by plain NumPy until it recognises 90 %."""
    random = np.random.RandomState(7)
    images, labels = reference.training_set()
    images = images[:10_000] / 255
    sizes = {"W1": (784, 30), "b1": (30,), "W2": (30, 10), "b2": (10,)}
    params = {key: 0.05 * random.randn(*size) * (key[0] == "W") for key, size in sizes.items()}
    for _ in range(400):
        chosen = random.choice(len(images), 100)
        x, t = images[chosen], np.eye(10)[labels[chosen]]
        z = np.maximum(x @ params["W1"] + params["b1"], 0)
        a = z @ params["W2"] + params["b2"]
        y = np.exp(a - a.max(axis=1, keepdims=True))
        dy = (y / y.sum(axis=1, keepdims=True) - t) / len(x)
        dz = dy @ params["W2"].T * (z > 0)
        grads = {"W1": x.T @ dz, "b1": dz.sum(axis=0), "W2": z.T @ dy, "b2": dy.sum(axis=0)}
        for key, grad in grads.items():
            params[key] -= 0.5 * grad
    return params


def rms(values):
    return float(np.sqrt(np.mean(np.square(values))))


def opened(kobai, params):
    """A network from a file, so that nothing is known of its training."""
    buffer = io.BytesIO()
    np.savez(buffer, **params)
    file = {"name": "mine.npz", "mimeType": "application/zip", "buffer": buffer.getvalue()}
    kobai.open_file(file)
    kobai.expect_network("mine.npz")


def test_an_accuracy_like_that_of_the_memo_is_answered(panel):
    """A network like the memo's, its history unknown: where it stands, in sentences with right figures."""
    params = early_params()
    opened(panel.kobai, params)
    panel.check_up()
    images, labels = reference.images_to_test(), reference.labels_to_test()
    correct = int((reference.predict(params, images).argmax(axis=1) == labels).sum())
    table = json.loads((ROOT / "static/reference/training.json").read_text())
    last = [row[-1] for row in table["runs"]["hidden 50"]["test_accuracy"]]
    text = panel.standing.inner_text()
    accuracy = f"{correct / 10_000:.4f}"
    assert f"It recognises {correct:,} of the 10,000 test images: an accuracy of {accuracy}." in text
    assert "has this accuracy after about 1,000 iterations" in text
    assert f"After 10,000 iterations it has {min(last):.4f} to {max(last):.4f}." in text
    assert panel.causes() == [
        ("Stopped early: too few iterations", "likely"),
        ("A learning rate that is too small", "possible"),
    ]
    numbers = panel.numbers()
    for key in ("W2", "b1"):
        name = f"size of the {'weights' if key[0] == 'W' else 'biases'} {key}"
        assert float(numbers[name][0]) == pytest.approx(rms(params[key]), rel=0.05)
    excluded = panel.region.locator("#checkup-excluded li")
    expect(excluded).to_have_count(4)
    moved = re.search(r"moved ([\d.]+) times", excluded.first.inner_text())[1]
    varies = reference.training_set()[0].any(axis=0)
    start = rms(params["W1"][~varies])
    ratio = np.sqrt(rms(params["W1"][varies]) ** 2 - start**2) / rms(params["b1"])
    assert float(moved) == pytest.approx(ratio, rel=0.05)
    expect(panel.region.locator("#checkup-unknown")).to_contain_text("How many iterations it was trained for")


def test_the_finished_network_is_said_to_be_healthy(panel):
    panel.check_up()
    assert panel.causes() == [("Nothing looks wrong",)]
    expect(panel.region.locator("#checkup-excluded")).to_be_hidden()


def test_the_curve_has_a_picture_in_words_and_a_table(panel):
    panel.check_up()
    table = json.loads((ROOT / "static/reference/training.json").read_text())
    seeds = np.array(table["runs"]["hidden 50"]["test_accuracy"])
    picture = panel.region.get_by_role("img", name=re.compile(r"^Test accuracy of the book’s network"))
    expect(picture).to_be_visible()
    rows = panel.curve()
    assert [row[0] for row in rows] == table["iterations"]
    np.testing.assert_allclose([row[1] for row in rows], seeds.min(axis=0), atol=5.1e-5)
    np.testing.assert_allclose([row[2] for row in rows], seeds.mean(axis=0), atol=5.1e-5)
    np.testing.assert_allclose([row[3] for row in rows], seeds.max(axis=0), atol=5.1e-5)


def test_a_digit_that_is_never_answered_is_named_and_leads_to_the_confusion_matrix(panel):
    """The shipped network with the bias of one digit far down: as after a training without it."""
    params = {key: value.copy() for key, value in reference.shipped_params().items()}
    params["b2"][4] -= 20
    opened(panel.kobai, params)
    panel.check_up()
    assert panel.causes()[0] == ("A digit that is never answered", "certain")
    expect(panel.findings.first).to_contain_text("It never answers 4,")
    link = panel.findings.first.get_by_role("link", name="Show me: A digit that is never answered")
    expect(link).to_have_attribute("href", "#mistakes")


def test_weights_can_be_shown_in_place(panel):
    """With pixels from 0 to 255, W1 moves 255 times as far beside b1: b1 shrunk makes such a network."""
    params = early_params()
    params["b1"] /= 255
    opened(panel.kobai, params)
    panel.check_up()
    assert panel.causes()[0] == ("Pixels that were not divided by 255", "certain")
    show = panel.findings.first.get_by_role("button", name="Show me: Pixels that were not divided by 255")
    show.click()
    pictures = panel.findings.first.get_by_role("img")
    expect(pictures).to_have_count(3)
    size = re.search(r"size ([\d.e-]+); reference", pictures.last.get_attribute("aria-label"))[1]
    assert float(size) == pytest.approx(rms(params["b1"]), rel=0.05)
    show.click()
    expect(pictures).to_have_count(0)


def test_a_wrong_activation_is_shown_mended_and_can_be_tried(panel):
    """A file that learned with ReLU, opened as if with sigmoids: its own weights, only read otherwise."""
    params = relu_params()
    opened(panel.kobai, params)
    panel.check_up()
    assert panel.causes()[0] == ("Read with the wrong activation", "certain")
    finding = panel.findings.first
    finding.get_by_role("button", name="Show me: Read with the wrong activation").click()
    bars = finding.get_by_role("table", name="Test accuracy of the same weights, by how they are read")
    images, labels = reference.images_to_test() / 255, reference.labels_to_test()
    hidden = images @ params["W1"] + params["b1"]
    right = (np.maximum(hidden, 0) @ params["W2"] + params["b2"]).argmax(axis=1) == labels
    expect(bars.get_by_role("row", name=re.compile("with ReLU"))).to_contain_text(f"{right.mean():.4f}")
    expect(finding.get_by_role("button", name="Try it: iterations = 10000")).to_be_enabled()
    finding.get_by_role("button", name="Read it with ReLU").click()
    expect(panel.standing).to_contain_text(f"an accuracy of {right.mean():.4f}")
    expect(panel.standing).to_be_focused()
    assert panel.causes()[0] != ("Read with the wrong activation", "certain")


def test_a_wrong_range_of_pixels_is_mended_by_a_click(panel):
    opened(panel.kobai, early_params())
    with panel.kobai.at("keep"):
        panel.kobai.page.locator("#shelf tr.in-use").get_by_label("Pixels: mine.npz").select_option("255")
    panel.check_up()
    assert panel.causes()[0] == ("Read with the wrong range of pixels", "certain")
    before = panel.standing.inner_text()
    panel.findings.first.get_by_role("button", name="Show it pixels from 0 to 1").click()
    expect(panel.standing).not_to_have_text(before)
    assert panel.causes()[0] == ("Stopped early: too few iterations", "likely")


def test_a_healthy_network_can_be_compared_with_another(panel):
    panel.check_up()
    panel.findings.first.get_by_role("button", name="Try it: hidden_size = 100, iterations = 10000").click()
    expect(panel.kobai.setting("hidden_size")).to_have_value("100")


def test_try_it_fills_in_the_training(panel):
    panel.kobai.use("shipped-1000")
    panel.check_up()
    assert panel.causes() == [("Stopped early: too few iterations", "certain")]
    panel.findings.first.get_by_role("button", name="Try it: iterations = 10000").click()
    expect(panel.kobai.setting("iterations")).to_have_value("10000")
    expect(panel.kobai.button("Train")).to_be_focused()


def test_the_network_in_training_is_checked_while_it_learns(panel):
    kobai = panel.kobai
    kobai.train(hidden_units=50, iterations=100_000, learning_rate=0.0001)
    kobai.wait_until_iteration(1000)  # enough to see that it hardly learns
    panel.check_up()
    expect(panel.region.get_by_text(re.compile(r"^Check-up of: yours, [\d,]+ iterations$"))).to_be_visible()
    before = kobai.iteration()
    kobai.wait_until_iteration(before + 1)  # it still learns
    kobai.pause()
    assert panel.causes()[0] == ("A learning rate that is too small", "certain")
    expect(panel.region.get_by_text("Another network is in use now, or it has learned on")).to_be_visible()


def test_a_check_up_can_be_stopped_and_started_again(panel):
    """On a wide network, which takes longer; what was said before stays until something new is said."""
    panel.check_up()
    before = panel.standing.inner_text()
    panel.kobai.train(hidden_units=200, iterations=1)
    panel.kobai.wait_until_trained()
    panel.kobai.start_and_stop(panel.button, "checkup-stop")
    panel.wait()
    assert panel.standing.inner_text() == before
    panel.check_up()
    expect(panel.standing).to_contain_text("That is no better than guessing")


def test_what_was_found_stays_in_the_other_language(panel):
    panel.check_up()
    numbers = re.compile(r"\d[\d.,]*\d")
    found = sorted(numbers.findall(panel.standing.inner_text()))
    panel.kobai.page.get_by_role("button", name="日本語").click()
    expect(panel.standing).to_contain_text("認識精度は")
    assert sorted(numbers.findall(panel.standing.inner_text())) == found
    expect(panel.findings.first).to_contain_text("おかしなところはありません")
