"""What the calls of the page share in the worker."""

import asyncio
import gzip
import struct

import numpy as np
import pytest
from kobai.errors import KobaiError
from support import fake_browser
from support.worker_doubles import finished

IMAGES = np.arange(2 * 784, dtype=np.uint8).reshape(2, 784)
FILES = {
    "data/train-images-idx3-ubyte.gz": gzip.compress(struct.pack(">4i", 2051, 2, 28, 28) + IMAGES.tobytes()),
    "data/train-labels-idx1-ubyte.gz": gzip.compress(struct.pack(">2i", 2049, 2) + bytes([3, 4])),
}


@pytest.fixture
def session(monkeypatch):
    """A Session without a browser, and the files that it fetches, one after the other."""
    fake_browser.install(monkeypatch, {}, [])
    from worker import site_files
    from worker.session import Session

    made = Session()
    made.base, made.asked, made.failing = "", [], False

    async def read(_base, file):
        made.asked.append(file)
        await asyncio.sleep(0)
        if made.failing:
            raise KobaiError("The file cannot be loaded.")
        return FILES[file]

    monkeypatch.setattr(site_files, "read", read)
    return made


async def _at_once(session, times):
    calls = [session.load_training_images() for _ in range(times)]
    return await asyncio.gather(*calls, return_exceptions=True)


def test_calls_at_once_fetch_the_training_images_once(session):
    assert finished(_at_once(session, 3)) == [{}] * 3
    assert sorted(session.asked) == sorted(FILES)
    np.testing.assert_array_equal(session.x_train, IMAGES)
    assert session.t_train.tolist() == [3, 4]
    finished(session.load_training_images())
    assert len(session.asked) == 2


def test_after_a_failure_they_are_fetched_anew(session):
    session.failing = True
    assert [type(each) for each in finished(_at_once(session, 2))] == [KobaiError] * 2
    session.failing = False
    assert finished(session.load_training_images()) == {}
    assert session.t_train.tolist() == [3, 4]
