"""Messages to the page, and jobs that the learner ends."""

import json

import pytest
from support import fake_browser
from support.worker_doubles import finished


@pytest.fixture
def told(monkeypatch):
    told = []
    fake_browser.install(monkeypatch, {}, told)
    return told


def test_a_message_names_its_kind(told):
    from worker import progress

    finished(_awaited(lambda: progress.tell("checkup", part=0.5)))
    assert [json.loads(text) for text in told] == [{"kind": "checkup", "part": 0.5}]
    with pytest.raises(AssertionError, match="gossip"):
        progress.tell("gossip")


async def _awaited(call):
    await call()


def test_a_job_is_cancelled_until_it_begins_anew(told):
    from worker.progress import Jobs

    jobs = Jobs()
    jobs.begin("checkup")
    assert not jobs.is_cancelled("checkup")
    assert jobs.cancel("checkup") == {}
    assert jobs.is_cancelled("checkup")
    assert not jobs.is_cancelled("gradients")
    jobs.begin("checkup")
    assert not jobs.is_cancelled("checkup")
    with pytest.raises(AssertionError, match="training"):
        jobs.cancel("training")
