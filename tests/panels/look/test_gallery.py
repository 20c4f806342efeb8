"""The 10,000 test images: pages, filters, keyboard, accuracy."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from support import reference

BOOK = [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]  # the first ten labels of MNIST's test set


def filter_by(kobai, **choices):
    kobai.unfold("filters-fold")
    for name, value in choices.items():
        kobai.field(name.replace("_", " ").capitalize()).select_option(value)


def expect_indices(kobai, indices):
    kobai.expect_indices(indices)
    assert kobai.labels() == [int(reference.labels_to_test()[index]) for index in indices]


def test_the_first_ten(kobai):
    assert kobai.labels() == BOOK
    assert kobai.indices() == list(range(10))


def test_paging(kobai):
    expect(kobai.button("Previous")).to_be_disabled()
    kobai.button("Next").click()
    expect_indices(kobai, range(10, 20))
    kobai.button("Previous").click()
    expect_indices(kobai, range(10))
    filter_by(kobai, at_a_time="100")
    expect_indices(kobai, range(100))
    kobai.go_to_image(9999)
    expect_indices(kobai, range(9900, 10000))
    expect(kobai.button("Next")).to_be_disabled()
    expect(kobai.region("Test images").get_by_text("9,901–10,000 of 10,000")).to_be_visible()


def test_go_to_an_image(kobai):
    kobai.go_to_image(1234)
    expect_indices(kobai, range(1230, 1240))
    expect(kobai.page.get_by_role("img", name="Test image 1234, label 8", exact=True)).to_have_attribute(
        "aria-current", "true"
    )
    kobai.unfold("filters-fold")
    field = kobai.field("Go to image")
    field.fill("10000")
    field.press("Enter")
    assert field.evaluate("field => field.validity.rangeOverflow")
    expect_indices(kobai, range(1230, 1240))


@pytest.mark.parametrize("digit", [0, 8])
def test_filter_by_digit(kobai, digit):
    fits = np.flatnonzero(reference.labels_to_test() == digit)
    filter_by(kobai, digit=str(digit))
    expect_indices(kobai, fits[:10])
    expect(kobai.region("Test images").get_by_text(f"1–10 of {len(fits):,}")).to_be_visible()


@pytest.mark.parametrize("answered", ["right", "wrong"])
def test_filter_by_answer(kobai, answered):
    right = reference.shipped_answers() == reference.labels_to_test()
    fits = np.flatnonzero(right if answered == "right" else ~right)
    filter_by(kobai, show=answered)
    expect_indices(kobai, fits[:10])
    expect(kobai.region("Test images").get_by_text(f"1–10 of {len(fits):,}")).to_be_visible()
    kobai.choose(int(fits[4]))
    verdict = "Correct." if answered == "right" else f"Wrong: it is a {reference.labels_to_test()[fits[4]]}."
    expect(kobai.verdict).to_have_text(re.compile(re.escape(verdict) + "$"))


def test_filters_together(kobai):
    labels = reference.labels_to_test()
    fits = np.flatnonzero((reference.shipped_answers() != labels) & (labels == 9))
    filter_by(kobai, show="wrong", digit="9", at_a_time="50")
    expect_indices(kobai, fits[:50])


def test_images_by_keyboard(kobai):
    first = kobai.thumbs().first
    first.focus()
    page = kobai.page
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        page.keyboard.press(key)
    expect(kobai.thumbs().nth(2)).to_be_focused()
    page.keyboard.press("Enter")
    kobai.expect_chosen(2)
    expect(kobai.verdict).to_have_text(re.compile("^Answer: 1 "))
    page.keyboard.press("End")
    expect(kobai.thumbs().nth(9)).to_be_focused()
    page.keyboard.press("Space")
    kobai.expect_chosen(9)
    page.keyboard.press("Home")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(first).to_be_focused()


def test_one_tab_stop_for_all_images(kobai):
    """The Tab key enters the images once, at the chosen one, and then leaves them."""
    kobai.choose(6)
    kobai.button("English").focus()
    kobai.page.keyboard.press("Tab")
    expect(kobai.thumbs().nth(6)).to_be_focused()
    kobai.page.keyboard.press("Tab")
    expect(kobai.button("Next")).to_be_focused()


def test_the_shown_pixels_are_those_of_the_file(kobai):
    kobai.go_to_image(4321)
    pixels = kobai.page.get_by_role("img", name=re.compile("^Test image 4321,")).evaluate(
        """async picture => {
            await picture.decode();
            const canvas = document.createElement('canvas');
            canvas.width = canvas.height = 28;
            const context = canvas.getContext('2d');
            context.drawImage(picture, 0, 0);
            return [...context.getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0);
        }"""
    )
    truth = reference.images_to_test()[4321]
    assert pixels == truth.tolist() or pixels == (255 - truth).tolist()  # light on dark, or ink on paper


def test_the_probabilities_are_a_table_that_adds_up(kobai):
    kobai.choose(8)
    table = kobai.region("Probabilities").get_by_role("table", name="The probability of each digit")
    expect(table.get_by_role("row")).to_have_count(11)
    assert sum(kobai.probabilities()) == pytest.approx(1, abs=6e-4)
    expect(kobai.region("Probabilities").get_by_text(re.compile("^Answered by: "))).to_have_text(
        "Answered by: Kobai’s own, 10,000 iterations"
    )


def test_measured_accuracy_is_numpys(kobai):
    right = int(np.sum(reference.shipped_answers() == reference.labels_to_test()))
    assert kobai.measured_accuracy() == right / 10_000
    expect(
        kobai.page.get_by_text(f"{right / 100:.2f} % right: {right:,} of 10,000 test images", exact=False)
    ).to_be_visible()
