"""Records in the browser's storage that cannot be read: set aside, named, saved, deleted."""

import io
import json
import re
import zipfile

import pytest
from playwright.sync_api import expect
from support import reference
from support.browser.kept_storage import network_file, put, records, texts, training_said, write
from support.browser.kobai_page import START
from support.damaged_records import CHOICES, DIGIT, JUNK, NETWORK, STROKES, TRAINING, damaged
from worker.storage import records as readers

FORMAT = {"format": {"format": 1, "moved": True}}


def aside(kobai):
    """The list of what is set aside."""
    return kobai.region("Set aside").get_by_role("listitem")


def unread(kobai):
    """The notice that names it."""
    return kobai.region("What cannot be read")


def whole_network(number=0) -> dict:
    return NETWORK | {"id": f"opened-{number:012x}", "origin": "opened", "name": "whole.pkl"}


def many_damaged() -> list[tuple[str, str]]:
    """(name, JSON text) of networks and trainings: each value removed or of another type, and junk."""
    found = []
    for kind, about in (("network:", NETWORK), ("training:", TRAINING)):
        texts = [text for _said, text in damaged(about | ({"id": "ID"} if kind == "network:" else {}))]
        for text in [*texts[:: len(texts) // 120], *JUNK]:
            number = 0xD00000000000 + len(found)
            key = f"kept-{number:012x}" if kind == "network:" else f"{number:012x}"
            found.append((kind + key, text.replace('"ID"', json.dumps(key))))
    found.append(("network:kept-aaaaaaaaaaaa", json.dumps(NETWORK | {"id": "kept-bbbbbbbbbbbb"})))
    found.append(("network:shipped", json.dumps(NETWORK | {"id": "shipped"})))
    found.append(
        ("comparison:1", json.dumps({"networks": ["a", "b"]}))
    )  # of a kind that only a newer page knows
    return found


def cannot_be_read(name, text) -> bool:
    try:
        readers.checked(name, text)
    except readers.Unreadable:
        return True
    return False


def before_python(site, work):
    """Something to be done in the page's storage before the page is there."""

    def begin(page):
        page.context.route("**/favicon.ico", lambda route: route.fulfill(body=""))
        page.goto(site.address + "licenses/README.txt")
        work(page)

    return begin


@pytest.mark.long
@pytest.mark.fault("records that cannot be read")
def test_hundreds_of_damaged_records_are_set_aside_and_all_else_works(visit, site, tmp_path):
    bad = [(name, text) for name, text in many_damaged() if cannot_be_read(name, text)]
    assert len(bad) > 200
    data = network_file("")["buffer"]
    state = reference.trained(700, seed=4).state()
    plain = {
        "a text": "x",
        "a number": 7,
        "nothing": None,
        "a list": [],
        "half": {"data": "x", "about": "{}"},
    }
    whole = whole_network()

    def damage(page):
        write(page, FORMAT | plain)
        put(page, [(name, text, name.encode()) for name, text in bad])
        put(
            page,
            [("choices", '"x"', b""), ("own digit", json.dumps(DIGIT | {"changes": [["fly"]]}), STROKES)],
        )
        put(page, [(f"network:{whole['id']}", json.dumps(whole), data)])
        latest = TRAINING | {"saved": "2027-01-01T00:00:00+00:00"}
        put(page, [("training:00000000beef", json.dumps(latest), state)])

    kobai = visit(before=before_python(site, damage)).kobai.wait_until_ready()
    count = len(bad) + len(plain) + 2
    expect(unread(kobai)).to_contain_text("Set aside, because it cannot be read: ", timeout=START)
    expect(unread(kobai)).to_contain_text(f"and {count - 5} more. Everything else works as before.")
    unread(kobai).get_by_role("button", name="Show it").click()
    expect(aside(kobai).first).to_be_in_viewport()
    expect(aside(kobai)).to_have_count(50)
    expect(training_said(kobai)).to_contain_text("is back. All iterations are done.")
    assert kobai.iteration() == 700
    kobai.use(whole["id"])
    kobai.expect_network("whole.pkl")
    expect(kobai.page.get_by_role("alert")).to_be_hidden()

    # one is saved to a file, with every byte of it, and deleted
    first = min(name for name, _text in bad)
    row = kobai.page.get_by_role("listitem").filter(has_text=f"({first})")
    with kobai.page.expect_download() as download:
        row.get_by_role("button", name=re.compile("^Save to a file")).press("Enter")
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as saved:
        kept = {name: saved.read(name) for name in saved.namelist()}
    assert kept == {
        "name.txt": first.encode(),
        "data.bin": first.encode(),
        "about.json": dict(bad)[first].encode(),
    }
    row.get_by_role("button", name=re.compile("^Delete")).press("Enter")
    kobai.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)
    unread(kobai).get_by_role("button", name="Close").click()
    expect(unread(kobai)).to_be_hidden()

    # everything else goes on: a training, its settings, everything as one file
    kobai.reset()
    kobai.train(iterations=20, seed=11)
    kobai.wait_until_trained()
    kobai.show("keep")
    with kobai.page.expect_download() as download:
        kobai.button("Export everything").press("Enter")
    expect(kobai.region("Everything you made")).to_contain_text("networks: 2, trainings: 1")
    expect(kobai.region("Everything you made")).to_contain_text("What is set aside is not in it.")
    there = texts(kobai.page)
    for name, text in bad:
        assert there.get(name) == (None if name == first else text)
    spared = [name for name in there if name.startswith("set aside:") and name.endswith(":choices")]
    assert [there[name] for name in spared] == ['"x"']  # another one was needed for the settings of now
    kobai.page.reload()
    kobai.wait_until_ready()
    expect(kobai.setting("seed")).to_have_value("11")
    expect(training_said(kobai)).to_contain_text("is back. All iterations are done.")
    kobai.show("keep")
    kobai.button("Delete everything").press("Enter")
    with kobai.page.expect_event("load"):  # the page is loaded anew
        kobai.page.get_by_role("dialog").get_by_role("button", name="Delete everything").click()
    kobai.wait_until_ready()
    assert list(records(kobai.page)) == ["format"]
    expect(unread(kobai)).to_be_hidden()


@pytest.mark.long
@pytest.mark.fault("one record that cannot be read")
def test_each_record_that_once_ended_the_start_is_set_aside(visit, site):
    without_saved = json.dumps({name: value for name, value in TRAINING.items() if name != "saved"})
    single = [
        ("choices", '"x"'),
        ("network:kept-000000000000", "{}"),
        ("training:000000000000", without_saved),
    ]

    def damage(page):
        write(page, FORMAT)
        put(page, [(*single[0], b"")])

    kobai = visit(before=before_python(site, damage)).kobai
    for name, text in single:
        if name != single[0][0]:
            put(kobai.page, [(name, text, b"")])
            kobai.page.reload()
        kobai.wait_until_ready()
        expect(unread(kobai)).to_contain_text(f"({name})")
        with kobai.at("keep"):
            expect(kobai.button("Export everything")).to_be_enabled()
            expect(kobai.button("Delete everything")).to_be_enabled()
    write(kobai.page, {"format": {"format": "two"}})  # how all is to be read is damaged
    kobai.page.reload()
    kobai.wait_until_ready()
    kobai.train(iterations=10)
    kobai.wait_until_trained()
    expect(training_said(kobai)).to_have_text(re.compile("^All iterations are done"))
    assert records(kobai.page, "format")["format"]["format"] == 1


@pytest.mark.fault("a kept network is damaged")
def test_a_network_whose_numbers_are_damaged_is_named_and_leaves_the_shelf(visit, site):
    """Its words are right, so that it is on the shelf until its numbers are wanted."""
    data, state = network_file("")["buffer"], reference.trained(700, seed=4).state()
    good, other, nameless = whole_network(1), whole_network(2), whole_network(3)
    other["name"] = "half.pkl"
    nameless.update(name=None, accuracy=None, origin="kept", id="kept-000000000003")

    def damage(page):
        choices = CHOICES | {"current": nameless["id"]}
        write(page, FORMAT)
        put(
            page,
            [("choices", json.dumps(choices), b""), ("training:0bad", json.dumps(TRAINING), state[:1000])],
        )
        for about, kept in ((good, data), (other, data[:1000]), (nameless, b"")):
            put(page, [(f"network:{about['id']}", json.dumps(about), kept)])

    kobai = visit(before=before_python(site, damage)).kobai.wait_until_ready()
    expect(kobai.problem).to_contain_text("The saved training is damaged and cannot be continued.")
    kobai.button("Close").click()
    kobai.network.select_option(other["id"])
    expect(kobai.problem).to_contain_text("The network “half.pkl” cannot be read from this browser’s storage")
    kobai.button("Close").click()
    expect(kobai.network.locator("option", has_text="half.pkl")).to_have_count(0)
    kobai.show("keep")
    expect(aside(kobai)).to_have_count(3)
    expect(unread(kobai)).to_contain_text("the network “half.pkl”")
    kobai.use(good["id"])
    kobai.show("keep")
    with kobai.page.expect_download():
        kobai.button("Export everything").press("Enter")
    expect(kobai.region("Everything you made")).to_contain_text("networks: 1, trainings: 0, your own code.")


def test_everything_can_be_deleted_where_python_does_not_start(visit, make_site):
    begun = visit(site=make_site({"data/t10k-labels": "missing"}))
    kobai = begun.kobai
    expect(kobai.problem).to_contain_text("could not be loaded", timeout=START)
    put(kobai.page, [("network:kept-000000000000", "{}", b"")])
    kobai.show("keep")
    kobai.button("Delete everything").press("Enter")
    with kobai.page.expect_event("load"):  # the page is loaded anew
        kobai.page.get_by_role("dialog").get_by_role("button", name="Delete everything").click()
    expect(kobai.problem).to_contain_text("could not be loaded", timeout=START)
    assert records(kobai.page) == {}
