"""Training in the browser: the numbers, the buttons, and what must not happen."""

import inspect

import numpy as np
import pytest
from playwright.sync_api import expect
from support import reference
from support.browser.kobai_page import WORK

AS_SHOWN = 0.51e-4  # four decimals are shown


def test_600_iterations_reach_what_the_book_reaches(kobai):
    """DESIGN 5: after 600 iterations 78.7 % on average over 12 seeds, from 10 % by chance."""
    kobai.train(iterations=600)
    kobai.wait_until_trained()
    assert kobai.iteration() == 600
    kobai.expect_network("yours, 600 iterations")
    assert kobai.measured_accuracy() > 0.75
    losses = kobai.losses([1, 100, 200, 300, 400, 500, 600])
    assert losses[0] == pytest.approx(np.log(10), abs=0.1)  # ten equally likely answers
    assert losses[-1] < 0.5 * losses[0]
    assert np.mean(losses[-3:]) < np.mean(losses[1:3])


def test_the_losses_are_those_of_the_same_code_under_cpython(kobai):
    """Same seed, so same weights, same batches, same losses, whatever Python and NumPy were compiled to."""
    cpython = reference.trained(601, seed=7)
    kobai.train(iterations=601, seed=7, computed_by="numpy")
    kobai.wait_until_trained()
    checked = [*range(1, 11), *range(20, 601, 20), 601]
    assert kobai.losses(checked) == pytest.approx(
        [cpython.train_loss_list[i - 1] for i in checked], abs=AS_SHOWN
    )
    rows = kobai.epochs()
    assert [row[0] for row in rows] == [1, 601]
    for (iteration, loss, train, test), train_acc, test_acc in zip(
        rows, cpython.train_acc_list, cpython.test_acc_list, strict=True
    ):
        assert loss == pytest.approx(cpython.train_loss_list[iteration - 1], abs=AS_SHOWN)
        assert train == pytest.approx(train_acc, abs=AS_SHOWN)
        assert test == pytest.approx(test_acc, abs=AS_SHOWN)
    assert rows[-1][3] > 0.75
    assert float(kobai.figure("loss")) == pytest.approx(cpython.train_loss_list[-1], abs=AS_SHOWN)
    assert kobai.figure("test accuracy") == f"{cpython.test_acc_list[-1] * 100:.2f} %"
    truth = reference.predict(cpython.network.params, reference.images_to_test()[:1])[0]
    assert kobai.ask_worker("look", index=0)["probabilities"] == pytest.approx(truth, abs=1e-9)


def test_the_fast_engine_trains_as_numpy_does(kobai):
    """The losses of the float64 reference to 1e-4 relative over 1,000 iterations, its accuracies to 0.002."""
    cpython = reference.trained(1000, seed=7)
    kobai.train(iterations=1000, seed=7, computed_by="fast")
    kobai.wait_until_trained()
    expect(kobai.page.get_by_text("The fast engine cannot be loaded")).to_have_count(0)
    checked = [*range(1, 1001, 9), 1000]
    assert kobai.losses(checked) == pytest.approx(
        [cpython.train_loss_list[i - 1] for i in checked], rel=1e-4, abs=AS_SHOWN
    )
    for row, train_acc, test_acc in zip(
        kobai.epochs(), cpython.train_acc_list, cpython.test_acc_list, strict=True
    ):
        assert row[2:] == pytest.approx([train_acc, test_acc], abs=0.002)


def test_an_interrupted_run_equals_an_uninterrupted_one(kobai):
    """Pause, one step, continue, in the middle: not a digit changes."""
    kobai.train(iterations=1_000_000, seed=3)
    kobai.wait_until_iteration(5)
    stood = kobai.pause()
    goal = stood + 700  # past the end of an epoch
    cpython = reference.trained(goal, seed=3)
    expect(kobai.region("Training").get_by_text("Paused.").first).to_be_visible()
    assert kobai.iteration() == stood
    kobai.step()
    assert kobai.iteration() == stood + 1
    kobai.set(iterations=goal)
    kobai.button("Continue").click()
    kobai.wait_until_trained()
    checked = [*range(1, goal, 50), stood, stood + 1, stood + 2, goal]
    expected = [cpython.train_loss_list[i - 1] for i in checked]
    assert kobai.losses(checked) == pytest.approx(expected, abs=AS_SHOWN)


@pytest.mark.smoke
def test_one_step_from_the_start(kobai):
    kobai.step()
    assert kobai.iteration() == 1
    assert kobai.losses([1]) == pytest.approx(reference.trained(1).train_loss_list, abs=AS_SHOWN)
    assert len(kobai.epochs()) == 1
    kobai.step()
    assert kobai.iteration() == 2


def test_reset_forgets_the_run_but_keeps_its_network(kobai):
    kobai.train(iterations=30)
    kobai.wait_until_trained()
    trained = kobai.ask_worker("look", index=0)["probabilities"]
    kobai.reset()
    assert kobai.iteration() == 0
    assert kobai.epochs() == []
    expect(kobai.button("Reset")).to_be_disabled()
    kobai.use("shipped")
    assert kobai.ask_worker("look", index=0)["probabilities"] != trained
    kobai.network.select_option(label="your training, 30 iterations, seed 0")
    kobai.expect_network("your training, 30 iterations, seed 0")
    assert kobai.ask_worker("look", index=0)["probabilities"] == trained


def test_more_iterations_after_the_end(kobai):
    cpython = reference.trained(60, seed=1)
    kobai.train(iterations=40, seed=1)
    kobai.wait_until_trained()
    expect(kobai.button("Continue")).to_be_disabled()
    expect(kobai.button("One step")).to_be_disabled()
    kobai.set(iterations=60)
    kobai.button("Continue").click()
    kobai.wait_until_iteration(60)
    kobai.wait_until_trained()
    assert kobai.losses([40, 41, 60]) == pytest.approx(
        [cpython.train_loss_list[i] for i in (39, 40, 59)], abs=AS_SHOWN
    )


def test_the_numerical_gradient_goes_where_backpropagation_goes(kobai):
    found = {}
    for gradient in ("backpropagation", "numerical"):
        kobai.set(gradient=gradient, iterations=3, seed=5)
        kobai.step()
        kobai.step()
        found[gradient] = kobai.losses([1, 2])
        found[gradient + " answer"] = kobai.ask_worker("look", index=0)["probabilities"]
        kobai.reset()
    assert found["numerical"] == found["backpropagation"]
    assert found["numerical answer"] == pytest.approx(found["backpropagation answer"], abs=1e-6)
    assert found["numerical answer"] != found["backpropagation answer"]  # two ways of computing, not one


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("Hidden units", "0", "a whole number from 1 to 500, please."),
        ("Hidden units", "2.5", "a whole number from 1 to 500, please."),
        ("Batch size", "10001", "a whole number from 1 to 10000, please."),
        ("Batch size", "", "a whole number from 1 to 10000, please."),
        ("Learning rate", "-0.1", "a number from 1e-10 to 1e300, please."),
        ("Learning rate", "0", "a number from 1e-10 to 1e300, please."),
        ("Weight scale", "-1", "a number from 0 to 1e300, please."),
        ("Iterations", "1000001", "a whole number from 1 to 1000000, please."),
        ("Seed", "-1", "a whole number from 0 to 4294967295, please."),
    ],
)
def test_a_setting_out_of_range_is_refused_at_its_field(kobai, name, value, sentence):
    kobai.unfold("settings-fold")
    field = kobai.field(name)
    field.fill(value)
    expect(kobai.region("Training").get_by_text(f"{name}: {sentence}")).to_be_visible()
    expect(field).to_have_attribute("aria-invalid", "true")
    kobai.button("Train").click()
    expect(field).to_be_focused()
    expect(kobai.button("Train")).to_be_enabled()
    assert kobai.iteration() == 0
    expect(kobai.button("Reset")).to_be_disabled()
    field.fill("1")
    expect(kobai.region("Training").get_by_text(sentence)).to_have_count(0)


@pytest.mark.parametrize("learning_rate", ["1e300", "1e200"])
def test_a_diverging_run_stops_and_says_what_to_try(kobai, learning_rate):
    """From weights of zero the second gradient is as large as the first step: too large for float64."""
    kobai.train(iterations=50, weight_scale="0", learning_rate=learning_rate)
    expect(kobai.problem).to_be_visible(timeout=WORK)
    expect(kobai.problem).to_contain_text("finite")
    expect(kobai.problem).to_contain_text("Try a smaller")
    expect(kobai.button("Reset")).to_be_enabled()
    assert "NaN" not in kobai.page.locator("body").inner_text()
    # after it, another run works
    kobai.button("Close").click()
    kobai.reset()
    kobai.train(iterations=5, learning_rate="0.1", weight_scale="0.01")
    kobai.wait_until_trained()
    assert kobai.iteration() == 5


def test_the_probabilities_move_while_the_network_learns(kobai):
    kobai.train(iterations=1_000_000)
    kobai.wait_until_iteration(2)
    first = kobai.probabilities()
    expect(kobai.network.locator("option:checked")).to_contain_text("yours")
    kobai.wait_until_iteration(kobai.iteration() + 300)
    assert kobai.probabilities() != first
    stood = kobai.pause()
    truth = reference.predict(reference.trained(stood).network.params, reference.images_to_test()[:1])[0]
    assert kobai.probabilities() == pytest.approx(truth, abs=AS_SHOWN)


def test_the_page_answers_while_it_trains(kobai):
    """How soon, is for the benchmark to say: here, that it does not wait for the end."""
    kobai.train(iterations=1_000_000)
    kobai.wait_until_iteration(50)
    kobai.choose(4)
    kobai.button("Next").click()
    kobai.choose(12)
    expect(kobai.button("Pause")).to_be_enabled()
    kobai.pause()


def test_a_number_may_be_written_with_an_exponent(kobai):
    """To the browser 2e1 is a whole number, though not to Python's int."""
    kobai.train(iterations="2e1", seed="1e1")
    kobai.wait_until_trained()
    assert kobai.iteration() == 20
    kobai.set(iterations="3e1")
    kobai.button("Continue").click()
    kobai.wait_until_iteration(30)
    kobai.unfold("filters-fold")
    kobai.field("Go to image").fill("1e2")
    kobai.field("Go to image").press("Enter")
    kobai.expect_chosen(100)


def test_settings_are_locked_while_a_run_exists_and_say_why(kobai):
    kobai.train(iterations=5)
    kobai.wait_until_trained()
    kobai.unfold("settings-fold")
    for name in ("Hidden units", "Batch size", "Learning rate", "Weight scale", "Seed", "Gradient"):
        expect(kobai.field(name)).to_be_disabled()
        expect(kobai.field(name)).to_have_attribute(
            "title", "Reset first: the run in progress was started with this value."
        )
    expect(kobai.setting("iterations")).to_be_enabled()


def test_zoom(kobai):
    """The curve's buttons work by keyboard, and the whole curve comes back."""
    kobai.train(iterations=100)
    kobai.wait_until_trained()
    curve = kobai.region("Loss curve")
    drawn = "canvas => canvas.toDataURL()"
    whole = curve.locator("canvas").first.evaluate(drawn)
    kobai.button("Zoom in").press("Enter")
    assert curve.locator("canvas").first.evaluate(drawn) != whole
    kobai.button("Whole curve").press("Enter")
    assert curve.locator("canvas").first.evaluate(drawn) == whole


def test_the_code_of_the_network_is_the_one_that_runs(kobai):
    """The page shows the source that the worker runs, which is the library's own."""
    from kobai.book.two_layer_net import TwoLayerNet

    kobai.page.get_by_text("The Python of the network").click()
    code = kobai.page.locator("#code code")
    expect(code).to_contain_text("def gradient(self, x")
    assert code.text_content() == inspect.getsource(TwoLayerNet)
    kobai.page.get_by_text("The Python of the network").click()


def test_every_step_can_be_watched_and_the_pace_changed_while_it_runs(kobai):
    """At one a second the figure of the rate says so, and a change of mind is heard at once."""
    speed = kobai.field("Speed")
    speed.select_option("one iteration a second")
    kobai.train(iterations=1_000_000, seed=6)
    begun = kobai.page.evaluate("performance.now()")
    kobai.wait_until_iteration(3)
    passed = (kobai.page.evaluate("performance.now()") - begun) / 1000
    assert kobai.iteration() <= passed + 2  # the first at once, then one a second
    assert float(kobai.figure("iterations/s")) <= 1
    kobai.page.reload()  # the choice is still there
    kobai.wait_until_ready()
    expect(speed).to_have_value("1")
    kobai.go_on()
    speed.select_option("as fast as it goes")
    kobai.wait_until_iteration(400)
    stood = kobai.pause()
    losses = reference.trained(stood, seed=6).train_loss_list
    assert kobai.losses([1, 3, stood]) == pytest.approx([losses[i - 1] for i in (1, 3, stood)], abs=AS_SHOWN)


def test_space_trains_pauses_and_continues_without_another_look_for_the_button(kobai):
    kobai.set(iterations=1_000_000)
    kobai.button("Train").focus()
    keyboard = kobai.page.keyboard
    keyboard.press("Space")
    expect(kobai.button("Pause")).to_be_focused(timeout=WORK)
    kobai.wait_until_iteration(20)
    keyboard.press("Space")
    expect(kobai.button("Continue")).to_be_focused(timeout=WORK)
    stood = kobai.iteration()
    keyboard.press("Space")
    expect(kobai.button("Pause")).to_be_focused()
    kobai.wait_until_iteration(stood + 20)
    kobai.page.locator("#network").focus()  # who has gone elsewhere stays there
    kobai.page.locator("#pause").evaluate("button => button.click()")
    expect(kobai.button("Continue")).to_be_enabled()
    expect(kobai.page.locator("#network")).to_be_focused()
