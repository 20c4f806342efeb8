"""Mistakes: matrix, images, precision and recall, calibration, against plain NumPy written out here."""

import pickle
import re

import numpy as np
import pytest
from playwright.sync_api import expect
from support import reference
from support.browser.kobai_page import WORK
from support.panels.mistakes_panel import MistakesPanel

AT_A_TIME = 20
Z = 1.959964  # 97.5 % of a standard normal distribution lie below it


@pytest.fixture
def panel(kobai):
    return MistakesPanel(kobai).look()


@pytest.fixture(scope="module")
def shipped():
    """labels, answers and how sure of the shipped network, from plain NumPy."""
    y = reference.predict(reference.shipped_params(), reference.images_to_test())
    return reference.labels_to_test().astype(int), y.argmax(axis=1), y.max(axis=1)


def matrix_of(labels, answers):
    """With its sums, as the page shows it."""
    inner = np.array([[np.sum((labels == i) & (answers == j)) for j in range(10)] for i in range(10)])
    with_sums = np.vstack([inner, inner.sum(axis=0)])
    return np.hstack([with_sums, with_sums.sum(axis=1, keepdims=True)]).tolist()


def most_sure(chosen, sure):
    indices = np.flatnonzero(chosen)
    return indices[np.argsort(-sure[indices], kind="stable")].tolist()


def wilson(hits, count):
    """The two roots of (share - p)^2 = z^2 p (1 - p) / n, in percent."""
    share, a = hits / count, Z * Z / count
    return sorted(100 * np.roots([1 + a, -2 * share - a, share * share]).real)


def percents(text):
    return [float(number) for number in re.findall(r"(\d+\.\d+) %", text)]


def params_file(name, **params):
    """A file as the book's reader pickles one: two layers of zeros, but for `params`."""
    shapes = {"W1": (784, 50), "b1": (50,), "W2": (50, 10), "b2": (10,)}
    network = {key: np.zeros(shape) for key, shape in shapes.items()} | params
    return {"name": name, "mimeType": "application/octet-stream", "buffer": pickle.dumps(network)}


# ------------------------------------------------------------------- matrix


def test_the_matrix_its_sums_and_the_sentences(panel, shipped):
    labels, answers, _ = shipped
    matrix = matrix_of(labels, answers)
    assert panel.counts() == matrix
    wrong = int(np.sum(labels != answers))
    expect(
        panel.region.get_by_text(
            f": {wrong} of the 10,000 test images are answered wrong, {100 - wrong / 100:.2f} % right."
        )
    ).to_be_visible()
    inner = np.array(matrix)[:10, :10] * (1 - np.eye(10, dtype=int))
    label, answer = np.unravel_index(inner.argmax(), inner.shape)
    sentence = panel.region.get_by_text("The most frequent mistake").inner_text()
    assert re.search(r"label (\d), answer (\d): (\d+) of (\d+) images", sentence).groups() == (
        str(label), str(answer), str(inner.max()), str(np.sum(labels == label)),
    )  # fmt: skip


def test_a_cell_shows_its_images(panel, shipped):
    labels, answers, sure = shipped
    fits = most_sure((labels == 4) & (answers == 9), sure)
    expect(panel.cell(4, 9)).to_have_accessible_name(f"Label 4, answer 9: {len(fits)} images")
    panel.choose_cell(4, 9)
    panel.expect_images(fits[:AT_A_TIME])
    expect(panel.title).to_have_text(f"Label 4, answer 9: {len(fits)} images")
    expect(panel.cell(4, 9)).to_have_attribute("aria-selected", "true")
    panel.everything.click()
    panel.expect_images(most_sure(labels != answers, sure)[:AT_A_TIME])
    expect(panel.matrix.locator("[aria-selected=true]")).to_have_count(0)


def test_the_diagonal_shows_what_was_right(panel, shipped):
    labels, answers, sure = shipped
    panel.choose_cell(5, 5)
    fits = most_sure((labels == 5) & (answers == 5), sure)
    panel.expect_images(fits[:AT_A_TIME])
    expect(panel.title).to_have_text(f"Label 5, answered right: {len(fits)} images")
    verdict = panel.kobai.region("Mistaken images").get_by_text(
        f"Answer: 5 ({100 * sure[fits[0]]:.2f} %). Correct."
    )
    expect(verdict).to_have_class(re.compile(r"\bright\b"))


def test_a_cell_without_images_says_so(panel, shipped):
    labels, answers, _ = shipped
    matrix = np.array(matrix_of(labels, answers))[:10, :10]
    label, answer = (int(i) for i in np.argwhere(matrix == 0)[0])
    panel.choose_cell(label, answer)
    expect(panel.title).to_have_text(f"Label {label}, answer {answer}: 0 images")
    expect(panel.list.get_by_role("button")).to_have_count(0)
    expect(panel.large).to_be_hidden()


def test_the_matrix_by_keyboard(panel, shipped):
    labels, answers, sure = shipped
    press = panel.page.keyboard.press
    panel.choose_cell(2, 8)
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):  # the row ends at 9
        press(key)
    expect(panel.cell(3, 9)).to_be_focused()
    press("Home")
    expect(panel.cell(3, 0)).to_be_focused()
    press("ArrowLeft")
    expect(panel.cell(3, 0)).to_be_focused()
    press("Control+End")
    expect(panel.cell(9, 9)).to_be_focused()
    for key in ("ArrowUp", "End", "ArrowLeft", "Enter"):
        press(key)
    panel.expect_title("Label 8, answered right")
    expect(panel.cell(8, 8)).to_be_focused()
    press("Tab")
    expect(panel.matrix.locator(":focus")).to_have_count(0)
    press("Shift+Tab")
    expect(panel.cell(8, 8)).to_be_focused()
    assert panel.matrix.locator("td[tabindex='0']").count() == 1


def test_every_number_of_the_matrix_can_be_read(panel):
    """WCAG 1.4.3: text and its background at least 4.5 : 1, light and dark, for every strength of colour."""
    contrasts = """() => {
        const light = colour => {
            const numbers = colour.match(/[\\d.]+/g).map(Number);
            const srgb = colour.startsWith('color') ? numbers : numbers.map(value => value / 255);
            const [r, g, b] = srgb.map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
        };
        return [...document.querySelectorAll('[data-level]')].map(cell => {
            const style = getComputedStyle(cell);
            const pair = [light(style.color), light(style.backgroundColor)];
            return [+cell.dataset.level, Math.max(...pair) / Math.min(...pair)];
        });
    }"""
    for scheme in ("dark", "light"):
        panel.page.emulate_media(color_scheme=scheme)
        found = panel.page.evaluate(contrasts)
        assert {level for level, _ in found} == set(range(10))
        assert min(contrast for _, contrast in found) >= 4.5


# ------------------------------------------------------------------- images


def test_all_mistakes_the_most_sure_first_page_by_page(panel, shipped):
    labels, answers, sure = shipped
    fits = most_sure(labels != answers, sure)
    shown = []
    expect(panel.region.get_by_role("button", name="More sure")).to_be_disabled()
    for start in range(0, len(fits), AT_A_TIME):
        panel.expect_images(fits[start : start + AT_A_TIME])
        last = min(start + AT_A_TIME, len(fits))
        expect(panel.region.get_by_text(f"{start + 1}–{last} of {len(fits)}", exact=True)).to_be_visible()
        shown += panel.images()
        if last < len(fits):
            panel.region.get_by_role("button", name="Less sure").click()
    expect(panel.region.get_by_role("button", name="Less sure")).to_be_disabled()
    for label, answer, percent, index in shown:
        assert (label, answer) == (labels[index], answers[index])
        assert percent == pytest.approx(100 * sure[index], abs=0.06)


def test_by_label_and_by_answer(panel, shipped):
    labels, answers, sure = shipped
    wrong = labels != answers
    panel.filter("Label", "8")
    fits = most_sure(wrong & (labels == 8), sure)
    panel.expect_images(fits[:AT_A_TIME])
    expect(panel.title).to_have_text(f"Label 8, answered wrong: {len(fits)} images")
    panel.filter("Label", "")
    panel.filter("Answer", "3")
    panel.expect_images(most_sure(wrong & (answers == 3), sure)[:AT_A_TIME])
    panel.filter("Label", "5")
    panel.expect_images(most_sure((labels == 5) & (answers == 3), sure)[:AT_A_TIME])
    expect(panel.cell(5, 3)).to_have_attribute("aria-selected", "true")


def test_an_image_chosen_is_large_here_and_in_look(panel, shipped):
    labels, answers, sure = shipped
    first, *_, last = most_sure(labels != answers, sure)[:AT_A_TIME]
    panel.image(last).click()
    panel.kobai.expect_chosen(last)
    images = panel.kobai.region("Mistaken images")
    expect(images.locator("figcaption")).to_have_text(f"Test image {last}, label {labels[last]}")
    expect(images.get_by_text(re.compile("^Answer: "))).to_have_text(
        f"Answer: {answers[last]} ({100 * sure[last]:.2f} %). Wrong: it is a {labels[last]}."
    )
    y = reference.predict(reference.shipped_params(), reference.images_to_test()[last : last + 1])[0]
    shown = panel.large.locator("tbody tr td:last-child").all_inner_texts()
    assert percents(" ".join(shown)) == pytest.approx(100 * y, abs=0.006)
    panel.page.keyboard.press("Home")
    expect(panel.image(first)).to_be_focused()
    panel.page.keyboard.press("Enter")
    panel.kobai.expect_chosen(first)
    expect(panel.image(first)).to_have_attribute("aria-current", "true")


# ------------------------------------------------- precision and recall


def test_precision_and_recall_of_each_digit(panel, shipped):
    labels, answers, _ = shipped
    for digit, row in enumerate(panel.table("Precision and recall")):
        hits = np.sum((labels == digit) & (answers == digit))
        images, given = np.sum(labels == digit), np.sum(answers == digit)
        counts = [int(text.replace(",", "")) for text in (row[0], row[1], row[3])]
        assert counts == [digit, images, given]
        recall, precision = hits / images, hits / given
        f1 = 2 * precision * recall / (precision + recall)
        assert percents(" ".join(row)) == pytest.approx(
            [100 * recall, 100 * precision, 100 * f1], abs=0.051
        )  # fmt: skip
    recalls = [np.mean(answers[labels == digit] == digit) for digit in range(10)]
    precisions = [np.mean(labels[answers == digit] == digit) for digit in range(10)]
    sentence = panel.region.get_by_text("Hardest to find").inner_text()
    digits = [int(found) for found in re.findall(r"(?:digit|answer) (\d)", sentence)]
    assert digits == [np.argmin(recalls), np.argmin(precisions)]


# ------------------------------------------------------------ calibration


def test_the_table_of_the_reliability_curve(panel, shipped):
    labels, answers, sure = shipped
    right = labels == answers
    panel.kobai.region("Calibration").get_by_text("The numbers as a table").click()
    rows = panel.table("Calibration")
    bins = np.ceil(sure * 10).astype(int)  # 1 for (0, 0.1] up to 10
    assert [row[0] for row in rows] == [f"{10 * b - 10}–{10 * b} %" for b in np.unique(bins)]
    for b, row in zip(np.unique(bins), rows, strict=True):
        inside = bins == b
        assert int(row[1].replace(",", "")) == inside.sum()
        expected = [100 * sure[inside].mean(), 100 * right[inside].mean()]
        expected += wilson(right[inside].sum(), inside.sum())
        assert [float(number) for number in re.findall(r"\d+\.\d", " ".join(row[2:]))] == pytest.approx(
            expected, abs=0.051
        )


def test_how_often_95_percent_is_right(panel, shipped):
    labels, answers, sure = shipped
    for said in (95, 60, 100):
        near = (sure > said / 100 - 0.025) & (sure <= said / 100 + 0.025)
        count, hits = near.sum(), np.sum(labels[near] == answers[near])
        panel.sure.fill(str(said))
        expect(panel.sure).to_have_attribute("aria-valuetext", f"{said} %")
        sentence = panel.region.get_by_text(f"When it says about {said} % (")
        expect(sentence).to_contain_text(f"of {count:,} images.")
        expected = [said - 2.5, min(said + 2.5, 100), 100 * hits / count, *wilson(hits, count)]
        assert percents(sentence.inner_text()) == pytest.approx(expected, abs=0.051)
    assert sure.min() > 0.225
    panel.sure.fill("20")
    expect(panel.region.get_by_text("It never says about 20 % (17.5 % to 22.5 %).")).to_be_visible()


def test_the_verdict_on_its_confidence(panel, shipped):
    labels, answers, sure = shipped
    right, bins = labels == answers, np.ceil(sure * 10)
    surplus = np.sum(sure) - np.sum(right)
    assert surplus < -1.96 * np.sqrt(np.sum(sure * (1 - sure)))
    verdict = panel.region.get_by_text("It is under-confident: on average only").inner_text()
    assert percents(verdict) == pytest.approx([100 * sure.mean(), 100 * right.mean()], abs=0.051)
    error = sum(abs(np.sum(sure[bins == b]) - np.sum(right[bins == b])) for b in range(1, 11)) / 100
    assert float(re.search(r"differ by ([\d.]+) points", verdict)[1]) == pytest.approx(error, abs=0.051)
    expect(
        panel.region.get_by_role("img", name=re.compile("^Reliability curve: .*under-confident"))
    ).to_be_visible()


# --------------------------------------------------------- other networks


def test_networks_at_the_limits(visit):
    """Opened from files: one that always answers the same, one sure of everything, one out of all bounds."""
    kobai = visit().kobai
    kobai.wait_until_ready()
    panel, labels = MistakesPanel(kobai), reference.labels_to_test()

    # zeros everywhere: each digit has 10 %, and the first of equals is the answer
    kobai.open_file(params_file("zeros.pkl"))
    panel.look("zeros.pkl")
    assert panel.counts() == matrix_of(labels, np.zeros(10_000, dtype=int))
    rows = panel.table("Precision and recall")
    assert rows[0] == ["0", "980", "100.0 %", "10,000", "9.8 %", "17.9 %"]
    assert rows[1] == ["1", "1,135", "0.0 %", "0", "–", "0.0 %"]
    expect(
        panel.region.get_by_text("On average it is 10.0 % sure, and right in 9.8 %: no more")
    ).to_be_visible()
    panel.expect_images(np.flatnonzero(labels != 0)[:AT_A_TIME])  # all equally sure

    kobai.open_file(params_file("sure.pkl", b2=np.array([0, 50.0] + [0] * 8)))
    panel.look("sure.pkl")
    expect(
        panel.region.get_by_text("It is over-confident: on average 100.0 % sure, but right in only 11.3 %.")
    ).to_be_visible()

    kobai.open_file(params_file("huge.pkl", W2=np.full((50, 10), 1e308)))
    panel.region.scroll_into_view_if_needed()
    expect(panel.region.get_by_text("This network answers with NaN")).to_be_visible(timeout=WORK)
    expect(panel.matrix).to_be_hidden()
    kobai.use("shipped")
    panel.look()
    expect(panel.matrix).to_be_visible()


def test_the_room_follows_a_network_that_has_learned(panel):
    kobai = panel.kobai
    kobai.train(hidden_units=10, iterations=60, computed_by="numpy")
    kobai.wait_until_trained()
    panel.look("yours, 60 iterations")
    trainer = reference.trained(60, hidden_size=10)
    answers = reference.predict(trainer.network.params, reference.images_to_test()).argmax(axis=1)
    assert panel.counts() == matrix_of(reference.labels_to_test(), answers)


def test_the_room_answers_while_the_network_learns(panel, shipped):
    labels, answers, sure = shipped
    kobai = panel.kobai
    kobai.train(hidden_units=50, iterations=100_000)
    kobai.wait_until_iteration(1)
    kobai.use("shipped")
    panel.look()
    panel.choose_cell(7, 2)
    panel.expect_images(most_sure((labels == 7) & (answers == 2), sure)[:AT_A_TIME])
    before = kobai.iteration()
    kobai.wait_until_iteration(before + 1)
    kobai.pause()


def test_the_numbers_stay_in_the_other_language(panel):
    counts, images = panel.counts(), panel.list.get_by_role("button").count()
    panel.page.get_by_role("button", name="日本語").click()
    expect(panel.region.get_by_role("heading", name="間違えた画像（自信の強い順）：532 枚")).to_be_visible()
    assert panel.counts() == counts
    expect(panel.region.get_by_role("button", name=re.compile("^正解 .、答え .、自信"))).to_have_count(images)
    expect(panel.region.get_by_text(re.compile("^約 95 %（92.5 %～97.5 %）と言うとき"))).to_be_visible()
