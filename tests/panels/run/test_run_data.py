"""Training on part of the images, and on pixels as they are: the numbers, and what is refused."""

import numpy as np
import pytest
from kobai.settings import Settings
from kobai.training.c_engine import load
from kobai.training.trainer import Trainer
from playwright.sync_api import expect
from sitebuild.assemble import compile_engine
from sitebuild.fetch.cache import Cache
from sitebuild.project import Project, user_cache_folder
from support import reference

AS_SHOWN = 0.51e-4  # four decimals are shown


def test_a_thousand_images_make_an_epoch_of_ten_batches(kobai):
    """Each accuracy is measured on those images and on all 10,000 test images, as under CPython."""
    cpython = reference.trained(201, seed=3, train_size=1000)
    kobai.train(iterations=201, seed=3, images=1000)
    kobai.wait_until_trained()
    rows = kobai.epochs()
    assert [row[0] for row in rows] == [*range(1, 202, 10)]
    assert [row[2] for row in rows] == pytest.approx(cpython.train_acc_list, abs=0.002)
    assert [row[3] for row in rows] == pytest.approx(cpython.test_acc_list, abs=0.002)
    assert kobai.losses([1, 100, 201]) == pytest.approx(
        [cpython.train_loss_list[i - 1] for i in (1, 100, 201)], abs=AS_SHOWN
    )


def test_the_engine_of_the_browser_gives_the_bits_of_the_native_one(kobai):
    """On pixels 0 to 255 a difference of one bit would grow tenfold a step and be seen within 20."""
    native = load(compile_engine.compile_native(Project(reference.ROOT), Cache(user_cache_folder())))
    images = (*reference.training_set(), reference.images_to_test(), reference.labels_to_test())
    trainer = Trainer(Settings(iterations=601, normalize=False, engine="fast"), *images, native)
    while not trainer.finished:
        trainer.advance(1)
    kobai.train(iterations=601, pixels="false")
    kobai.wait_until_trained()
    checked = [1, 2, 10, 20, *range(50, 601, 50), 601]
    expected = [trainer.train_loss_list[i - 1] for i in checked]
    assert kobai.losses(checked) == pytest.approx(expected, abs=AS_SHOWN)
    assert [row[3] for row in kobai.epochs()] == pytest.approx(trainer.test_acc_list, abs=AS_SHOWN)
    assert 0.75 < trainer.test_acc_list[-1] < 0.9


def test_numpy_as_written_trains_on_pixels_as_they_are(kobai):
    """The first losses, before rounding errors have grown: those of the formulas of chapter 4."""
    cpython = reference.trained(5, normalize=False)
    kobai.train(iterations=5, pixels="false", computed_by="numpy")
    kobai.wait_until_trained()
    assert kobai.losses([1, 2, 3, 4, 5]) == pytest.approx(cpython.train_loss_list, abs=AS_SHOWN)
    assert np.ptp(cpython.train_loss_list) > 0.05


def test_fewer_images_than_a_batch_are_refused_at_the_field(kobai):
    sentence = kobai.region("Training").get_by_text("Images: not fewer than the batch size, please.")
    kobai.unfold("settings-fold")
    kobai.field("Images").fill("99")
    expect(sentence).to_be_visible()
    kobai.button("Train").click()
    expect(kobai.field("Images")).to_be_focused()
    kobai.field("Batch size").fill("99")
    expect(sentence).to_have_count(0)
    kobai.field("Images").fill("60001")
    expect(
        kobai.region("Training").get_by_text("Images: a whole number from 1 to 60000, please.")
    ).to_be_visible()


def test_a_reload_brings_back_what_was_trained_on(kobai):
    kobai.train(iterations=20, images=500, pixels="false")
    kobai.wait_until_trained()
    losses = kobai.losses([1, 20])
    kobai.page.reload()
    kobai.wait_until_ready()
    assert kobai.losses([1, 20]) == losses
    kobai.unfold("settings-fold")
    for name, value in (("Images", "500"), ("Pixels", "false")):
        expect(kobai.field(name)).to_have_value(value)
        expect(kobai.field(name)).to_be_disabled()
