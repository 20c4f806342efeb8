"""Your own digit: drawn or changed by buttons, what the network sees of it, and what it answers."""

import re

import numpy as np
import pytest
from kobai.images.image_edits import retouch
from kobai.images.rasterize import draw_centred, draw_plain
from playwright.sync_api import expect
from support import reference
from support.browser.at_rest import AT_REST
from support.browser.faulty_server import MISSING
from support.drawn_digits import SHAPES, polyline, spline
from support.panels.draw_panel import DRAWING, PEN, DrawPanel

SIDE = 280
AS_SHOWN = 0.51e-4  # two decimals of a percentage


def strokes_of(digit, shape, size=150, corner=(20, 90)):
    """A clean drawing, neither large nor in the middle."""
    lines = []
    for kind, corners in SHAPES[digit][shape]:
        points = np.array(corners)
        line = spline(points, 2) if kind == "curve" else polyline(points, 0.2)
        lines.append(line * size + corner)
    return lines


def image(index):
    return reference.images_to_test()[index].reshape(28, 28)


def expect_answer_to(panel, seen, params=None):
    """The verdict and the bars are those of the book's formulas for what is shown as seen."""
    y = reference.predict(params or reference.shipped_params(), seen.reshape(1, 784))[0]
    expect(panel.verdict).to_have_text(re.compile(rf"^Answer: {y.argmax()} \("))
    assert panel.probabilities() == pytest.approx(y, abs=AS_SHOWN)


@pytest.fixture
def panel(kobai):
    return DrawPanel(kobai).fresh()


@pytest.mark.parametrize(("digit", "shape"), [(2, "plain"), (4, "open"), (7, "bar")])
def test_a_drawing_is_centred_and_scaled_and_read_right(panel, digit, shape):
    drawn = panel.write(*strokes_of(digit, shape))
    panel.expect_seen(draw_centred(drawn, PEN))
    expect(panel.verdict).to_have_text(re.compile(f"^Answer: {digit} "))
    expect_answer_to(panel, panel.seen())
    expect(panel.said).to_have_text(panel.verdict.inner_text())


def test_the_answer_changes_while_one_draws(panel):
    """The bar of a 7 first, the whole 7 later; the mouse button stays down all the time."""
    (line,) = strokes_of(7, "plain")
    left, top = panel.place_at_rest()
    points = np.rint(line + (left, top))
    corner = int(np.argmax(line[:, 0])) + 1
    panel.page.mouse.move(*points[0])
    panel.page.mouse.down()
    for part in (points[1:corner], points[corner:]):
        for point in part:
            panel.page.mouse.move(*point)
        done = points[: corner if part[0] is points[1] or len(part) == corner - 1 else len(points)]
        panel.expect_seen(draw_centred([done - (left, top)], PEN))
        expect_answer_to(panel, panel.seen())
    panel.page.mouse.up()
    expect(panel.verdict).to_have_text(re.compile("^Answer: 7 "))


def test_uncentred_the_network_sees_it_where_it_lies(panel):
    drawn = panel.write(*strokes_of(7, "plain", size=90, corner=(10, 20)))
    plain, centred = draw_plain(drawn, PEN, SIDE), draw_centred(drawn, PEN)
    panel.expect_seen(centred)
    y = reference.predict(reference.shipped_params(), plain.reshape(1, 784))[0]
    other = panel.region.get_by_text(f"As it lies on the paper, the answer would be {y.argmax()} (")
    expect(other).to_be_visible()
    panel.centred.uncheck()
    panel.expect_seen(plain)
    expect_answer_to(panel, panel.seen())
    expect(panel.region.get_by_text("Centred and scaled, the answer would be 7 (")).to_be_visible()


def test_a_finger_draws_and_the_page_stays_where_it_is(visit):
    kobai = visit(has_touch=True, viewport={"width": 390, "height": 844}).kobai
    kobai.wait_until_ready()
    panel = DrawPanel(kobai).open()
    (line,) = strokes_of(1, "stick", size=120, corner=(60, 60))
    left, top = panel.place()
    session = kobai.page.context.new_cdp_session(kobai.page)

    def touch(kind, *points):
        at = [{"x": float(x), "y": float(y)} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    points = np.rint(line + (left, top))
    where = kobai.page.evaluate("scrollY")
    touch("touchStart", points[0])
    for point in points[1:]:
        touch("touchMove", point)
    touch("touchEnd")
    expect(panel.verdict).to_have_text(re.compile("^Answer: 1 "))
    seen = panel.seen()
    assert np.ptp(np.flatnonzero(seen.any(axis=1))) == 19
    assert kobai.page.evaluate("scrollY") == where
    assert panel.region.evaluate("panel => panel.scrollWidth <= panel.clientWidth")
    expect(panel.verdict).to_be_in_viewport()
    expect(panel.region.get_by_role("table")).to_be_in_viewport()


def test_a_dot_of_a_pen_is_a_dot(panel):
    left, top = panel.place()
    session = panel.page.context.new_cdp_session(panel.page)
    for kind in ("mousePressed", "mouseReleased"):
        session.send(
            "Input.dispatchMouseEvent",
            {"type": kind, "x": left + 200, "y": top + 50, "button": "left", "pointerType": "pen",
             "clickCount": 1, "buttons": 1 if kind == "mousePressed" else 0},
        )  # fmt: skip
    panel.expect_seen(draw_centred([[(200, 50)]], PEN))


def test_everything_without_drawing_by_keyboard_alone(panel):
    """A test image, moved, turned, thickened, thinned, made noisy: each as the library does it."""
    panel.kobai.go_to_image(5)
    panel.button("Take test image 5").focus()
    panel.page.keyboard.press("Enter")
    panel.expect_seen(image(5), 0)
    changes = []
    for name, change in {
        "Move left": ("shift", 0, -1), "Move right": ("shift", 0, 1), "Move up": ("shift", -1, 0),
        "Move down": ("shift", 1, 0), "Turn left": ("rotate", -5), "Turn right": ("rotate", 5),
        "Thicker": ("thicken",), "Thinner": ("thin",), "Add noise": ("noise", 0),
    }.items():  # fmt: skip
        for _ in range(2 if change[0] != "noise" else 1):
            panel.button(name).focus()
            panel.page.keyboard.press("Space")
            changes.append(change)
        panel.expect_seen(retouch(image(5), changes))
    y = reference.predict(reference.shipped_params(), panel.seen().reshape(1, 784))[0]
    right = "Correct." if y.argmax() == 1 else "Wrong: it is a 1."
    expect(panel.verdict).to_have_text(re.compile(re.escape(right) + "$"))
    assert panel.probabilities() == pytest.approx(y, abs=AS_SHOWN)
    panel.button("Drop the changes").press("Enter")
    panel.expect_seen(image(5), 0)


def test_presses_that_come_at_once_all_count(panel):
    """Faster than the page begins any task of its own."""
    panel.kobai.go_to_image(5)
    panel.button("Take test image 5").press("Enter")
    panel.expect_seen(image(5), 0)
    panel.button("Move left").evaluate("button => { button.click(); button.click(); button.click(); }")
    panel.expect_seen(retouch(image(5), [("shift", 0, -1)] * 3))
    panel.button("Undo").evaluate("button => { button.click(); button.click(); }")
    panel.expect_seen(retouch(image(5), [("shift", 0, -1)]))


def test_the_eraser_by_keyboard(panel):
    panel.take(0)
    panel.button("Eraser").press("Enter")
    eraser = panel.region.get_by_role("application", name="Eraser")
    expect(eraser).to_be_focused()
    for _ in range(6):  # from row 15 to row 9, where the 7 has its bar
        panel.page.keyboard.press("ArrowUp")
    ink = image(0)[8, 14] >= 64
    expect(panel.said).to_have_text(f"Row 9, column 15: {'ink' if ink else 'empty'}.")
    assert ink
    panel.page.keyboard.press("Space")
    expected = image(0).copy()
    expected[7:10, 13:16] = 0
    panel.expect_seen(expected, 0)
    panel.page.keyboard.press("ArrowRight")
    panel.page.keyboard.press("ArrowLeft")
    expect(panel.said).to_have_text("Row 9, column 15: empty.")
    panel.page.keyboard.press("Escape")
    expect(panel.button("Eraser")).to_be_focused()
    expect(panel.button("Eraser")).to_have_attribute("aria-pressed", "false")


def test_wiping_with_the_mouse_is_one_step_to_undo(panel):
    panel.take(0)
    panel.region.evaluate("panel => panel.scrollIntoView({block: 'center', behavior: 'instant'})")
    panel.button("Eraser").click()
    expect(panel.region.get_by_role("application", name="Eraser")).to_be_focused()
    panel.picture.evaluate(AT_REST)
    box = panel.picture.bounding_box()
    spots = [(8, column) for column in range(8, 16)]
    mouse = panel.page.mouse
    centres = [
        (box["x"] + (c + 0.5) * box["width"] / 28, box["y"] + (r + 0.5) * box["height"] / 28)
        for r, c in spots
    ]
    mouse.move(*centres[0])
    mouse.down()
    for centre in centres[1:]:
        mouse.move(*centre)
    mouse.up()
    panel.expect_seen(retouch(image(0), [("erase", *spots)]), 0)
    panel.button("Undo").click()
    panel.expect_seen(image(0), 0)
    panel.button("Eraser").click()


def test_undo_brings_back_every_step_even_what_was_cleared(panel):
    lines = strokes_of(4, "closed")
    first = panel.write(lines[0])
    panel.expect_seen(draw_centred(first, PEN))
    both = first + panel.write(lines[1])
    panel.expect_seen(draw_centred(both, PEN))
    panel.button("Thicker").click()
    thick = retouch(draw_centred(both, PEN), [("thicken",)])
    panel.expect_seen(thick)
    panel.button("Clear").click()
    expect(panel.verdict).to_have_text("Nothing is drawn yet.")
    expect(panel.button("Thicker")).to_be_disabled()
    for image_before in (thick, draw_centred(both, PEN), draw_centred(first, PEN)):
        panel.button("Undo").click()
        panel.expect_seen(image_before)
    panel.button("Undo").click()
    expect(panel.verdict).to_have_text("Nothing is drawn yet.")


def test_one_can_draw_upon_a_test_image(panel):
    """A stroke across the 1 of image 2: the ink lies where it was drawn."""
    panel.kobai.go_to_image(2)
    panel.take(2)
    drawn = panel.write(np.array([(60.0, 140.0), (140.0, 140.0), (220.0, 140.0)]))
    panel.expect_seen(np.maximum(image(2), draw_plain(drawn, PEN, SIDE)))
    expect(panel.centred).to_be_disabled()
    expect(panel.picture).to_have_attribute("alt", "What the network sees: test image 2, with your changes")


def test_the_drawing_survives_a_reload(panel):
    kobai = panel.kobai
    drawn = panel.write(*strokes_of(5, "bar apart"))
    panel.button("Turn right").click()
    turned = retouch(draw_centred(drawn, PEN), [("rotate", 5)])
    panel.expect_seen(turned)
    expect(panel.said).to_have_text(panel.verdict.inner_text())
    kobai.page.reload(wait_until="commit")
    kobai.wait_until_ready()
    expect(panel.picture).to_have_attribute("src", re.compile("^data:"))
    panel.expect_seen(turned)
    more = panel.write(np.array([(250.0, 250.0), (250.0, 260.0)]))  # the paper has the strokes, too
    panel.expect_seen(retouch(draw_centred(drawn + more, PEN), [("rotate", 5)]))


def test_drawing_while_a_network_learns(panel):
    """The network that learns answers in between, and its training goes on."""
    kobai = panel.kobai
    kobai.train(iterations=1_000_000, computed_by="numpy")
    kobai.wait_until_iteration(1)
    kobai.use("trained")
    drawn = panel.write(*strokes_of(3, "round"))
    panel.expect_seen(draw_centred(drawn, PEN))
    expect(panel.verdict).to_have_text(re.compile(r"^Answer: \d "))
    expect(panel.region.get_by_text(re.compile("^Answered by: yours, "))).to_be_visible()
    assert sum(panel.probabilities()) == pytest.approx(1, abs=0.001)
    kobai.wait_until_iteration(kobai.iteration() + 1)
    kobai.pause()


def test_a_network_that_wants_pixels_0_to_255_gets_them(panel):
    trained = reference.trained(3, normalize=False)
    panel.kobai.train(iterations=3, pixels="false", computed_by="numpy")
    panel.kobai.wait_until_trained()
    panel.kobai.use("trained")
    drawn = panel.write(*strokes_of(6, "curved"))
    panel.expect_seen(draw_centred(drawn, PEN))
    y = trained.network.predict(panel.seen().reshape(1, 784).astype(np.float32))[0]
    expect(panel.verdict).to_have_text(re.compile(f"^Answer: {y.argmax()} "))
    assert panel.probabilities() == pytest.approx(y, abs=1e-3)


def test_the_network_beside_answers_too(panel):
    shelf = panel.kobai.region("Shelf of networks")
    button = shelf.get_by_role("button", name="Beside: Kobai’s own, three layers")
    with panel.kobai.at("keep"):
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
    panel.fresh()
    panel.write(*strokes_of(8, "two rings"))
    expect(panel.verdict).to_have_text(re.compile("^Answer: 8 "))
    line = panel.region.get_by_text(
        re.compile(r"^Beside it, Kobai’s own, three layers: \d \(\d+\.\d\d %\)\.$")
    )
    expect(line).to_be_visible()
    with panel.kobai.at("keep"):
        button.click()
        expect(button).to_have_attribute("aria-pressed", "false")
    expect(line).to_be_hidden()


def test_without_the_drawing_script_the_buttons_still_work(visit, make_site):
    site = make_site({"signature_pad": MISSING})
    new = visit(site=site)
    new.watch.announce("signature_pad")
    kobai = new.kobai
    kobai.wait_until_ready()
    panel = DrawPanel(kobai)
    expect(kobai.problem).to_contain_text("signature_pad/signature_pad.umd.min.js could not be loaded")
    panel.take(0)
    site.faults.clear()
    kobai.button("Try again").click()
    panel.page.wait_for_function(DRAWING)
    drawn = panel.write(np.array([(60.0, 140.0), (140.0, 140.0), (220.0, 140.0)]))
    panel.expect_seen(np.maximum(image(0), draw_plain(drawn, PEN, SIDE)))


def test_in_japanese(visit):
    kobai = visit("?lang=ja", color_scheme="dark").kobai
    kobai.wait_until_ready()
    panel = DrawPanel(kobai).open()
    panel.write(*strokes_of(0, "round"))
    expect(panel.verdict).to_have_text(re.compile("^答え：0（"))
    expect(panel.button("Thicker")).to_have_text("太くする")
    expect(panel.region.get_by_text("紙に書いたままの位置と大きさなら")).to_be_visible()
