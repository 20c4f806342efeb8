"""The figure that Matplotlib draws, and its downloads."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support.browser.kobai_page import WORK


@pytest.fixture
def drawn(kobai):
    kobai.train(iterations=60)
    kobai.wait_until_trained()
    kobai.show("keep")
    kobai.button("Draw figure").click()
    expect(figure(kobai)).to_be_visible(timeout=WORK)
    return kobai


def figure(kobai):
    return kobai.page.get_by_role("img", name="The loss curve, drawn by Matplotlib")


def download(kobai, name):
    with kobai.page.expect_download() as file:
        kobai.page.get_by_role("link", name=name).click()
    return file.value.suggested_filename, Path(file.value.path()).read_bytes()


def test_the_figure_can_be_drawn_only_when_there_is_a_loss(kobai):
    kobai.show("keep")
    expect(kobai.button("Draw figure")).to_be_disabled()
    expect(kobai.page.get_by_text("Train first: the figure shows your loss curve.")).to_be_visible()


def test_the_figure_is_shown_with_its_code_and_downloads(drawn):
    assert figure(drawn).evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 300
    drawn.page.get_by_text("The Python that draws it").click()
    expect(drawn.region("Figure").locator("pre")).to_contain_text("axes.plot(train_loss_list")

    name, svg = download(drawn, "Download SVG")
    assert name == "loss.svg"
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    line = [path.get("d") for path in root.iter("{http://www.w3.org/2000/svg}path")]
    assert max(d.count("L") for d in line if d) >= 30  # the curve itself, not only axes

    name, png = download(drawn, "Download PNG")
    assert name == "loss.png"
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert png.endswith(b"IEND\xaeB`\x82")
    width, height = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    assert (width, height) == (960, 600)  # 6.4 x 4 inches at 150 dpi


def test_a_longer_training_gives_a_new_figure(drawn):
    before = figure(drawn).get_attribute("src")
    drawn.set(iterations=80)
    with drawn.at("train"):
        drawn.button("Continue").click()
    drawn.wait_until_iteration(80)
    drawn.wait_until_trained()
    drawn.button("Draw figure").click()
    expect(figure(drawn)).not_to_have_attribute("src", before, timeout=WORK)
