"""Ideas 1 to 3: what the pictures say, against closed forms and plain NumPy written out here."""

import math
import re

import numpy as np
import pytest
from playwright.sync_api import expect
from support import reference
from support.browser.kobai_page import WORK
from support.panels.ideas_panel import IdeaPanel

IMAGES = 100  # of the test set, of which the page takes loss and accuracy
STEPS = 10.0 ** (-np.arange(65) / 4)
NUMBER = r"([−\d.]+)"


@pytest.fixture
def idea(kobai):
    """The article of an idea, come near so that it is alive."""

    def find(number):
        return IdeaPanel(kobai, number).article

    return find


def slider(article, name):
    return article.get_by_role("slider", name=name, exact=True)


def value_of(article, name):
    text = article.locator(name).inner_text()
    return float(text)


def with_weight(unit, digit, value):
    """Loss and recognised images of the shipped network with this weight of W2."""
    params = {name: array.copy() for name, array in reference.shipped_params().items()}
    params["W2"][unit, digit] = value
    y = reference.predict(params, reference.images_to_test()[:IMAGES])
    t = reference.labels_to_test()[:IMAGES]
    return -np.mean(np.log(y[np.arange(IMAGES), t] + 1e-7)), int(np.sum(y.argmax(axis=1) == t))


def test_why_h_is_1e_4(idea):
    article = idea(3)
    article.locator("#derivative-curve").select_option("book")
    expect(article.locator("#derivative-exact")).to_have_text("0.2")  # 0.02 * 5 + 0.1
    article.locator("#derivative-curve").select_option("sin x")
    expect(article.locator("#derivative-exact")).to_have_text(f"{math.cos(1):.12g}")
    h = slider(article, "Step h")
    h.focus()
    for _quarter in range(16):
        h.press("ArrowLeft")
    expect(article.locator("#derivative-h-value")).to_have_text("1e-4")
    forward = (math.sin(1 + 1e-4) - math.sin(1)) / 1e-4
    central = (math.sin(1 + 1e-4) - math.sin(1 - 1e-4)) / 2e-4
    assert value_of(article, "#derivative-forward") == pytest.approx(forward, abs=1e-11)
    assert value_of(article, "#derivative-central") == pytest.approx(central, abs=1e-11)
    assert value_of(article, "#derivative-forward-error") == pytest.approx(math.sin(1) * 1e-4 / 2, rel=0.02)
    assert value_of(article, "#derivative-central-error") == pytest.approx(math.cos(1) * 1e-8 / 6, rel=0.02)
    eps = 2.0**-52
    assert eps**0.5 / 30 < value_of(article, "#derivative-forward-best") < eps**0.5 * 30
    assert eps ** (1 / 3) / 30 < value_of(article, "#derivative-central-best") < eps ** (1 / 3) * 30
    h.press("Home")
    expect(article.locator("#derivative-h-value")).to_have_text("1e-16")
    expect(article.locator("#derivative-forward")).to_have_text("0")  # 1 + 1e-16 is 1


def test_on_the_loss_of_the_network_1e_4_is_nearly_the_best(idea):
    article = idea(3)
    article.locator("#derivative-curve").select_option("loss")
    before = article.locator("#derivative-exact")
    expect(before).not_to_have_text(re.compile(r"^(0\.2|0\.5403.*|–)$"))
    said = idea(2).locator("#weight-said")
    expect(said).to_contain_text("W2[")
    unit = int(re.search(r"W2\[(\d+), 3\]", said.inner_text())[1])
    value = reference.shipped_params()["W2"][unit, 3]
    slopes = (with_weight(unit, 3, value + h)[0] - with_weight(unit, 3, value - h)[0] for h in [1e-4])
    assert value_of(article, "#derivative-exact") == pytest.approx(next(slopes) / 2e-4, abs=1e-8)
    assert value_of(article, "#derivative-central-book") < 1e-10
    assert 1e-6 < value_of(article, "#derivative-central-best") < 1e-3


def test_the_table_has_both_errors_for_each_power_of_ten(idea):
    article = idea(3)
    article.locator("#derivative-curve").select_option("sin x")
    expect(article.locator("#derivative-exact")).to_have_text(f"{math.cos(1):.12g}")
    article.get_by_text("The numbers as a table").click()
    expect(article.locator("#derivative-rows tr").first).to_be_visible()
    rows = article.locator("#derivative-rows tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    assert [float(row[0]) for row in rows] == pytest.approx(STEPS[::4])
    for h, forward, central in rows[1:4]:  # truncation only
        assert float(forward) == pytest.approx(math.sin(1) * float(h) / 2, rel=0.1)
        assert float(central) == pytest.approx(math.cos(1) * float(h) ** 2 / 6, rel=0.1)


def test_the_point_is_moved_by_keys_and_by_dragging(idea, kobai):
    article = idea(3)
    article.locator("#derivative-curve").select_option("book")
    expect(article.locator("#derivative-exact")).to_have_text("0.2")
    point = slider(article, "Point on the curve of f")
    point.focus()
    point.press("ArrowRight")
    expect(point).to_have_attribute("aria-valuetext", re.compile(r"x = 5\.20, f\(x\) = 0\.7904"))
    expect(article.locator("#derivative-exact")).to_have_text("0.204")
    point.press("Shift+ArrowRight")
    expect(article.locator("#derivative-exact")).to_have_text("0.244")
    IdeaPanel(kobai, 3).drag(point, 100, 0)
    expect(article.locator("#derivative-exact")).not_to_have_text("0.244")
    x = float(re.search(rf"x = {NUMBER}", point.get_attribute("aria-valuetext"))[1])
    assert x > 8
    assert value_of(article, "#derivative-exact") == pytest.approx(0.02 * x + 0.1, abs=1e-4)


def test_losses_of_probabilities_that_are_moved(idea):
    article = idea(2)
    entropy, squares = article.locator("#loss-entropy"), article.locator("#loss-squares")
    two = slider(article, "Probability of 2")
    two.fill("0.3")
    expect(entropy).to_have_text(f"{-math.log(0.3 + 1e-7):.4f}")
    y = [float(text) for text in article.locator("#loss-sliders td:last-child").all_inner_texts()]
    assert sum(y) == pytest.approx(1, abs=0.005)
    assert y[0] / y[1] == pytest.approx(2, rel=0.02)  # as 0.06 to 0.03 before
    assert float(squares.inner_text()) == pytest.approx(
        0.5 * sum((p - (k == 2)) ** 2 for k, p in enumerate(y)), abs=0.002
    )
    two.press("ArrowRight")
    expect(entropy).to_have_text(f"{-math.log(0.301 + 1e-7):.4f}")
    two.press("Home")
    expect(entropy).to_have_text(f"{-math.log(1e-7):.4f}")
    two.press("End")
    expect(entropy).to_have_text(re.compile(r"^[-−]?0\.0000$"))
    expect(squares).to_have_text("0.0000")
    article.locator("#loss-label").select_option("7")
    expect(entropy).to_have_text(f"{-math.log(1e-7):.4f}")
    expect(squares).to_have_text("1.0000")


def test_keys_pressed_faster_than_python_answers_all_count(idea):
    """The answer to an earlier step does not put the slider back."""
    article = idea(2)
    article.locator("#loss-label").select_option("2")
    two = slider(article, "Probability of 2")
    two.fill("0.4")
    expect(article.locator("#loss-entropy")).to_have_text(f"{-math.log(0.4 + 1e-7):.4f}")
    for _step in range(12):
        two.press("ArrowRight")
    expect(article.locator("#loss-entropy")).to_have_text(f"{-math.log(0.412 + 1e-7):.4f}")
    point = slider(article, "Probability of the correct digit, on the curve")
    for _step in range(8):
        point.press("ArrowLeft")
    expect(article.locator("#loss-entropy")).to_have_text(f"{-math.log(0.332 + 1e-7):.4f}")
    assert two.input_value() == "0.332"


def test_the_probability_is_dragged_along_the_curve(idea, kobai):
    article = idea(2)
    article.locator("#loss-label").select_option("2")
    slider(article, "Probability of 2").fill("0.5")
    point = slider(article, "Probability of the correct digit, on the curve")
    entropy = article.locator("#loss-entropy")
    expect(entropy).to_have_text(f"{-math.log(0.5 + 1e-7):.4f}")
    other = slider(article, "Probability of 5")
    share = float(other.input_value()) / 0.5  # of what the correct digit leaves
    IdeaPanel(kobai, 2).drag(point, -60, 20)
    expect(entropy).not_to_have_text(f"{-math.log(0.5 + 1e-7):.4f}")
    p = float(slider(article, "Probability of 2").input_value())
    assert p < 0.4
    expect(entropy).to_have_text(f"{-math.log(p + 1e-7):.4f}")
    expect(point).to_have_attribute("aria-valuetext", f"probability {p:.3f}: loss {-math.log(p + 1e-7):.4f}")
    assert float(other.input_value()) == pytest.approx((1 - p) * share, abs=0.002)
    box = other.bounding_box()
    kobai.page.mouse.click(
        box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    )  # a slider by the pointer
    expect(article.locator("#loss-sliders tr").nth(5).locator("td").last).to_have_text(
        re.compile(r"^0\.(49|50)")
    )


@pytest.mark.parametrize("what", ["loss", "recognised"])
def test_the_weight_is_dragged_along_either_curve(idea, kobai, what):
    article = idea(2)
    said = article.locator("#weight-said")
    expect(said).to_contain_text("recognised")
    point = slider(article, f"The weight, on the curve: {what}")
    before = said.inner_text()
    IdeaPanel(kobai, 2).drag(point, 70, 0)
    expect(said).not_to_have_text(before)
    unit, digit, value, loss, correct = re.search(
        rf"W2\[(\d+), (\d+)\] = {NUMBER}: loss {NUMBER}, (\d+) of 100", said.inner_text()
    ).groups()
    own = reference.shipped_params()["W2"][int(unit), int(digit)]
    steps = int(slider(article, "Value of the weight").input_value()) - 60  # 0.1 each, from the network's own
    assert float(value.replace("−", "-")) == pytest.approx(own + steps / 10, abs=0.006)
    expected = with_weight(int(unit), int(digit), own + steps / 10)
    assert (float(loss), int(correct)) == (pytest.approx(expected[0], abs=6e-5), expected[1])
    point.press("ArrowLeft")
    expect(slider(article, "Value of the weight")).to_have_value(str(60 + steps - 1))


def test_both_tables_hold_every_point_of_their_curves(idea, kobai):
    panel = IdeaPanel(kobai, 2)
    article = idea(2)
    expect(article.locator("#weight-said")).to_contain_text("recognised")
    unit = int(re.search(r"W2\[(\d+), 3\]", article.locator("#weight-said").inner_text())[1])
    panel.unfold("entropy-rows")
    heads = [float(text) for text in panel.rows("entropy-rows").locator("th").all_inner_texts()]
    assert heads == pytest.approx([0.001, 0.002, 0.003, 0.005, *np.linspace(0.01, 1, 100)])
    losses = [row[0] for row in panel.numbers("entropy-rows")]
    assert losses == pytest.approx([-math.log(p + 1e-7) for p in heads], abs=6e-5)
    panel.fold("entropy-rows")
    panel.unfold("weight-rows")
    own = reference.shipped_params()["W2"][unit, 3]
    shown = panel.numbers("weight-rows")
    expected = [with_weight(unit, 3, value) for value in np.linspace(own - 6, own + 6, 121)]
    np.testing.assert_allclose(shown, expected, atol=6e-5)
    panel.fold("weight-rows")


def test_the_loss_moves_while_the_accuracy_stays(idea):
    article = idea(2)
    said = article.locator("#weight-said")
    expect(said).to_contain_text("recognised")
    weight = slider(article, "Value of the weight")
    weight.fill("60")  # where the network has it
    found = []
    for _step in range(12):
        before = said.inner_text()
        weight.press("ArrowRight")
        expect(said).not_to_have_text(before)
        unit, digit, value, loss, correct = re.search(
            rf"W2\[(\d+), (\d+)\] = {NUMBER}: loss {NUMBER}, (\d+) of 100", said.inner_text()
        ).groups()
        found.append((float(loss), int(correct)))
        exact = reference.shipped_params()["W2"][int(unit), int(digit)] + 0.1 * len(found)
        assert float(value.replace("−", "-")) == pytest.approx(exact, abs=0.006)
        expected = with_weight(int(unit), int(digit), exact)
        assert found[-1] == (pytest.approx(expected[0], abs=6e-5), expected[1])
    assert len({loss for loss, _correct in found}) == 12
    assert len({correct for _loss, correct in found}) <= 2


def book_training(size, iterations):
    """The book's loop, written out: the parameters after so many iterations from the first images."""
    images, labels = (part[:size] for part in reference.training_set())
    np.random.seed(0)
    params = {"W1": 0.01 * np.random.randn(784, 50), "b1": np.zeros(50)}
    params.update({"W2": 0.01 * np.random.randn(50, 10), "b2": np.zeros(10)})
    for _iteration in range(iterations):
        chosen = np.random.choice(size, 100)
        x = images[chosen] / 255
        z = 1 / (1 + np.exp(-(x @ params["W1"] + params["b1"])))
        dy = (reference.predict(params, images[chosen]) - np.eye(10)[labels[chosen]]) / 100
        da = dy @ params["W2"].T * z * (1 - z)
        for name, grad in (("W1", x.T @ da), ("b1", da.sum(0)), ("W2", z.T @ dy), ("b2", dy.sum(0))):
            params[name] = params[name] - 0.1 * grad
    return params


def accuracies(size, iterations):
    """On the images that the book's loop has learned from, and on the test images."""
    params = book_training(size, iterations)
    images, labels = reference.training_set()
    tested = reference.images_to_test(), reference.labels_to_test()
    return [
        np.mean(reference.predict(params, x).argmax(axis=1) == t)
        for x, t in ((images[:size], labels[:size]), tested)
    ]


def test_the_accuracies_are_read_off_the_curves_where_the_point_is(idea, kobai):
    """Before anything is trained here: by keys, by the pointer, and as the book's loop has them."""
    panel, article = IdeaPanel(kobai, 1), idea(1)
    at = article.locator("#data-here-at")
    expect(at).to_have_text("after 1,000 iterations")
    point = slider(article, "Iterations at which the curves are read")
    point.press("Home")
    expect(at).to_have_text("after 100 iterations")
    expect(article.locator("#data-means")).to_contain_text("So early")
    for _step in range(3):
        point.press("ArrowRight")
    expect(at).to_have_text("after 500 iterations")
    shown = article.locator("#data-here tr").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => parseFloat(cell.textContent)))"
    )
    for (seen, unseen, _difference), size in zip(shown[:2], (100, 1000), strict=True):
        assert [seen / 100, unseen / 100] == pytest.approx(accuracies(size, 500), abs=0.002)
    assert shown[0][2] == pytest.approx(shown[0][0] - shown[0][1], abs=0.011)
    expect(article.locator("#data-means")).to_contain_text(
        f"On images that neither has seen it loses: {shown[0][1]:.2f} % to {shown[2][1]:.2f} %"
    )
    expect(point).to_have_attribute("aria-valuetext", re.compile(rf"100 images: {shown[0][0]:.2f} % learned"))
    panel.drag(point, 400, -30)
    expect(at).not_to_have_text("after 500 iterations")
    reached = int(point.get_attribute("aria-valuenow"))
    assert reached > 1000
    expect(at).to_have_text(f"after {reached:,} iterations")
    point.press("End")
    expect(at).to_have_text("after 5,000 iterations")


def test_hundred_images_are_learned_by_heart(idea):
    article = idea(1)
    article.get_by_role("button", name="Train with 100 images").click()
    said = article.get_by_role("status")
    expect(said).to_contain_text("100.00 % right on those learned from", timeout=WORK)
    article.get_by_text("The numbers as a table").click()
    expect(article.locator("#data-rows tr").first).to_be_visible()
    rows = article.locator("#data-rows tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    assert len(rows) == 30  # ten places for each number of images
    (at_500,) = (row for row in rows if row[:2] == ["100", "500"])
    shown = [float(text.split()[0]) / 100 for text in at_500[2:4]]
    assert shown == pytest.approx(accuracies(100, 500), abs=0.002)
    assert float(rows[9][3].split()[0]) < 75  # and yet a third of the new ones is not recognised
    assert article.locator("#data-plane circle.dot").count() == 20  # each measured here, seen and unseen


def test_a_symbol_shows_its_variable(idea):
    article = idea(2)
    expect(article.locator("figure var").first).to_be_visible()
    article.locator(".symbols").get_by_role("link", name=re.compile("y$")).focus()
    lit = article.locator(".lit")
    expect(lit.first).to_be_visible()
    assert set(lit.evaluate_all("all => all.map(each => each.dataset.variable)")) == {"y"}
    assert {"VAR", "A"} <= set(lit.evaluate_all("all => all.map(each => each.tagName)"))
    assert "msub" in lit.evaluate_all("all => all.map(each => each.tagName)")


def test_weights_beyond_all_measure_are_told_and_not_drawn(visit, tmp_path):
    """As a learning rate of 1e300 leaves them: a step of 6 changes nothing there."""
    params = {key: np.array(value) for key, value in reference.shipped_params().items()}
    params["W2"] *= 1e12
    file = tmp_path / "huge.npz"
    np.savez(file, **params)
    kobai = visit().kobai.wait_until_ready()
    idea = IdeaPanel(kobai, 2)
    expect(idea.element("weight-said")).to_contain_text("images recognised")
    kobai.open_file(file)
    kobai.expect_network("huge.npz")
    idea.article.scroll_into_view_if_needed()
    expect(idea.element("weight-said")).to_contain_text("too large for this picture")
    expect(idea.element("weight-loss")).to_be_hidden()
    expect(kobai.page.get_by_role("alert")).to_be_hidden()
    kobai.use("shipped")
    expect(idea.element("weight-said")).to_contain_text("images recognised")
    expect(idea.element("weight-loss")).to_be_visible()
