"""The gradient check: three costs and the two gradients compared, against plain NumPy written out here."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from support import reference
from support.browser.kobai_page import WORK

H = 1e-4  # the step of the book's numerical gradient
SHAPES = {"W1": (784, 50), "b1": (50,), "W2": (50, 10), "b2": (10,)}
TO_TWO_DIGITS = {"rel": 0.051}
FLOAT32_PIXELS = 1e-9  # the page scales pixels in float32, as the book does; here they are float64


class Room:
    """The room as a learner sees it."""

    def __init__(self, kobai):
        self.kobai = kobai
        kobai.show("ideas/4.4")
        self.region = kobai.region("Gradient check")
        self.button = self.region.get_by_role("button", name=re.compile("Gradient check"))
        self.stop = self.region.get_by_role("button", name=re.compile("Stop the check"))
        self.verdict = self.region.get_by_role("status")

    def check(self, seed=0):
        self.kobai.set(seed=seed)
        self.button.click()
        self.wait()
        return self

    def wait(self):
        expect(self.stop).to_be_hidden(timeout=WORK)
        expect(self.button).to_be_enabled()

    def costs(self):
        """The three times in seconds."""
        return [seconds(text) for text in self.region.locator("dl dd:first-of-type").all_inner_texts()]

    def rows(self):
        """name -> (shape, mean, largest, place, numerical, backpropagation), as text."""
        rows = self.region.get_by_role("table").locator("tbody tr")
        cells = rows.evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.textContent))")
        return {name: rest for name, *rest in cells}


@pytest.fixture
def room(kobai):
    return Room(kobai)


def seconds(text):
    """0.0123 for "12.3 ms", 247 for "4 min 7 s"."""
    sizes = {"ms": 0.001, "s": 1, "min": 60, "h": 3600}
    return sum(float(number) * sizes[unit] for number, unit in re.findall(r"([\d.]+) (ms|s|min|h)\b", text))


def mini_batch(seed):
    """Images uint8 (100, 784), labels (100,) and which they are, drawn as the page says."""
    np.random.seed(seed)
    batch_mask = np.random.choice(60000, 100)
    x_train, t_train = reference.training_set()
    return x_train[batch_mask], t_train[batch_mask], batch_mask


def loss(params, images, labels):
    """Book 4.2.4, with its 1e-7."""
    y = reference.predict(params, images)
    return -np.mean(np.log(y[np.arange(len(labels)), labels] + 1e-7))


def central_difference(params, name, index, images, labels):
    moved = []
    for step in (H, -H):
        copy = {key: value.copy() for key, value in params.items()}
        copy[name][index] += step
        moved.append(loss(copy, images, labels))
    return (moved[0] - moved[1]) / (2 * H)


def backpropagation(params, images, labels):
    """Chapter 5 for two layers, written out."""
    x = images / 255
    z1 = 1 / (1 + np.exp(-(x @ params["W1"] + params["b1"])))
    dy = (reference.predict(params, images) - np.eye(10)[labels]) / len(labels)
    da1 = dy @ params["W2"].T * z1 * (1 - z1)
    return {"W1": x.T @ da1, "b1": da1.sum(axis=0), "W2": z1.T @ dy, "b2": dy.sum(axis=0)}


def place(text):
    """("W1", (402, 17)) for "W1[402, 17]"."""
    name, inside = re.fullmatch(r"(\w\d)\[([\d, ]+)\]", text).groups()
    return name, tuple(int(i) for i in inside.split(","))


def test_before_the_check_the_room_says_what_it_will_do(visit):
    kobai = visit().kobai
    kobai.wait_until_ready()
    room = Room(kobai)
    expect(room.button).to_be_enabled()
    assert room.region.locator("dl dd:first-of-type").all_inner_texts() == ["–"] * 3
    expect(room.region.get_by_text("Runs the network twice for each parameter.")).to_be_visible()
    expect(room.region.get_by_role("table")).to_be_hidden()
    expect(room.stop).to_be_hidden()


def test_the_three_costs(room):
    definition, numerical, backward = room.check().costs()
    assert definition > 60 * numerical > 60 * backward > 0
    text = room.region.locator("dl").inner_text()
    assert "the network runs 79,520 times, twice for each parameter" in text
    measured = int(re.search(r"Measured on (\d+) of 39,760 parameters, extrapolated\.", text)[1])
    assert 1 <= measured <= 20  # fewer on a slow machine
    found = re.findall(r"([\d,.]+) times as long as backpropagation", text)
    times = [float(ratio.replace(",", "")) for ratio in found]
    # ratios of figures that the page has rounded
    assert times == pytest.approx([definition / backward, numerical / backward], rel=0.15)
    assert float(re.search(r"agrees with the definition to ([\d.e-]+)\.", text)[1]) < 1e-10


def test_the_worst_parameter_of_each_layer_has_the_values_of_plain_numpy(room):
    images, labels, _ = mini_batch(7)
    params = reference.shipped_params()
    backward = backpropagation(params, images, labels)
    rows = room.check(seed=7).rows()
    assert list(rows) == list(SHAPES)
    for name, (shape, mean, largest, where, numerical, shown_backward) in rows.items():
        assert shape == " × ".join(str(side) for side in SHAPES[name])
        layer, index = place(where)
        assert layer == name
        expected = central_difference(params, name, index, images, labels)
        assert float(numerical) == pytest.approx(expected, abs=FLOAT32_PIXELS)
        assert float(shown_backward) == pytest.approx(backward[name][index], abs=FLOAT32_PIXELS)
        assert float(largest) == pytest.approx(abs(expected - backward[name][index]), **TO_TWO_DIGITS)
        assert 0 < float(mean) <= float(largest) < 1e-6


def test_every_mean_and_largest_difference_is_right(room):
    from kobai.book.two_layer_net import TwoLayerNet

    images, labels, _ = mini_batch(0)
    net = TwoLayerNet(784, 50, 10)
    net.params = reference.shipped_params()
    numerical = net.numerical_gradient(images / 255, labels)
    backward = backpropagation(net.params, images, labels)
    for name, (_, mean, largest, *_rest) in room.check().rows().items():
        difference = np.abs(numerical[name] - backward[name])
        assert float(mean) == pytest.approx(difference.mean(), **TO_TWO_DIGITS)
        assert float(largest) == pytest.approx(difference.max(), **TO_TWO_DIGITS)


def test_the_verdict_and_the_least_probable_class(room):
    rows = room.check(seed=7).rows()
    worst = max(rows.values(), key=lambda row: float(row[2]))
    for text in worst[2:]:
        expect(room.verdict).to_contain_text(text)
    code = "np.random.seed(7)\nbatch_mask = np.random.choice(60000, 100)"
    expect(room.region.locator("pre")).to_have_text(code)

    images, labels, batch_mask = mini_batch(7)
    p = reference.predict(reference.shipped_params(), images)[np.arange(100), labels]
    sentence = room.region.get_by_text("The least probability of a correct class").inner_text()
    found = re.search(r"is ([\d.e-]+), for training image ([\d,]+): .* difference of ([\d.e-]+)\.", sentence)
    assert float(found[1]) == pytest.approx(p.min(), **TO_TWO_DIGITS)
    assert int(found[2].replace(",", "")) == batch_mask[p.argmin()]
    assert float(found[3]) == pytest.approx((1 - p.min()) * 1e-7 / p.min() / 100, **TO_TWO_DIGITS)


def test_a_picture_for_each_layer_says_in_words_what_it_shows(room):
    rows = room.check().rows()
    pictures = room.region.get_by_role("img", name=re.compile(r"^Picture of \|difference\| for"))
    expect(pictures).to_have_count(4)
    sizes = pictures.evaluate_all(
        "all => Promise.all(all.map(p => p.decode().then(() => [p.naturalWidth, p.naturalHeight])))"
    )
    assert sizes == [[10 * 29 - 1, 5 * 29 - 1], [50, 1], [50, 10], [10, 1]]
    for picture, (name, row) in zip(pictures.all(), rows.items(), strict=True):
        alt = picture.get_attribute("alt")
        assert f"for {name}: " in alt
        assert alt.endswith(f"The largest, {row[2]}, is at {row[3]}.")


def test_the_check_follows_the_network_in_use_while_it_learns(room):
    room.kobai.train(hidden_units=5, iterations=100_000)
    room.kobai.wait_until_iteration(1)
    room.button.click()
    room.wait()
    expect(room.region.get_by_text(re.compile(r"^Network: yours, [\d,]+ iterations\."))).to_be_visible()
    assert [row[0] for row in room.rows().values()] == ["784 × 5", "5", "5 × 10", "10"]
    expect(room.region.locator("dl")).to_contain_text("Measured on 20 of 3,985 parameters")
    before = room.kobai.iteration()
    room.kobai.wait_until_iteration(before + 1)  # it still learns
    room.kobai.pause()


def test_a_check_can_be_stopped_and_started_again(visit):
    kobai = visit().kobai
    kobai.wait_until_ready()
    kobai.train(hidden_units=200, iterations=1)
    kobai.wait_until_trained()
    room = Room(kobai)
    kobai.start_and_stop(room.button, "check-stop")
    room.wait()
    expect(room.verdict).to_be_empty()
    expect(room.region.get_by_role("table")).to_be_hidden()
    room.button.click()
    room.wait()
    assert room.rows()["W1"][0] == "784 × 200"


def test_a_wrong_seed_is_refused_at_its_field(room):
    room.kobai.set(seed=-1)
    room.button.click()
    expect(room.kobai.field("Seed")).to_be_focused()
    expect(room.kobai.page.get_by_text("Seed: a whole number from 0 to 4294967295, please.")).to_be_visible()
    room.kobai.page.go_back()
    expect(room.button).to_be_enabled()


def test_what_was_found_stays_in_the_other_language(room):
    numbers = re.compile(r"[\d.e-]*\d")
    found = numbers.findall(room.check().verdict.inner_text())
    room.kobai.page.get_by_role("button", name="日本語").click()
    expect(room.verdict).to_contain_text("数値微分では")
    assert sorted(numbers.findall(room.verdict.inner_text())) == sorted(found)
