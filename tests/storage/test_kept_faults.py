"""When the storage is full, forbidden, broken, missing or cleared, the page says so and still works."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from support.browser.kept_storage import network_file, records, training_said, wait_until_kept
from support.browser.kobai_page import WORK


@pytest.mark.long
@pytest.mark.fault("storage full")
def test_a_full_storage_is_told_and_tried_again(kobai, site):
    """Full while training: the browser gives this page 1 MB, which a few copies of the training fill."""
    limit_storage(kobai.page, site, 1_000_000)
    kobai.train(iterations=1_000_000)
    expect(training_said(kobai)).to_contain_text("The browser’s storage is full", timeout=WORK)
    ((slot, former),) = records(kobai.page, "training:").items()
    assert 0 < former["iteration"] < kobai.pause()  # the former copy has stayed
    kobai.open_file(network_file("full.pkl", units=200))  # more than there is in all
    kobai.expect_network("full.pkl")
    kobai.show("keep")
    shelf = kobai.region("Shelf of networks")
    expect(shelf).to_contain_text("Not kept, so gone when this page is left: full.pkl.")
    limit_storage(kobai.page, site, 100_000_000)
    kobai.go_on()
    expect(training_said(kobai)).not_to_contain_text("storage is full", timeout=WORK)
    kobai.pause()
    ((same, kept),) = records(kobai.page, "training:").items()
    assert (same, kept["iteration"]) == (slot, kobai.iteration())


def limit_storage(page, site, size: int) -> None:
    parts = urlsplit(site.address)
    origin = f"{parts.scheme}://{parts.netloc}"
    browser = page.context.new_cdp_session(page)
    browser.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": size})


FORBIDDEN = {
    "missing": ("delete self.indexedDB; delete IDBFactory.prototype.open;", "gives the page no storage"),
    "forbidden": (
        "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };",
        "settings of this browser forbid",
    ),
    "broken": (
        "IDBObjectStore.prototype.put = () => { throw new DOMException('worn out', 'UnknownError'); };",
        "could not keep the latest changes (UnknownError: worn out)",
    ),
    "locks": ("delete Object.getPrototypeOf(navigator).locks;", None),
}


@pytest.mark.fault("storage forbidden, unavailable or failing")
@pytest.mark.parametrize("fault", FORBIDDEN)
def test_a_storage_that_fails_is_told_and_costs_nothing_else(visit, fault):
    """In the page and in the worker; without Web Locks everything is kept all the same."""
    text, sentence = FORBIDDEN[fault]

    def spoil(page):
        page.context.route(
            "**/pyscript_databases.js",
            lambda route: route.fulfill(response=(found := route.fetch()), body=text + found.text()),
        )

    kobai = visit(before=spoil).kobai.wait_until_ready()
    kobai.train(iterations=30)
    kobai.wait_until_trained()
    if sentence:
        expect(training_said(kobai)).to_contain_text(sentence)
        kobai.reset()
        kobai.expect_network("your training, 30 iterations, seed 0")
    else:
        expect(training_said(kobai)).to_have_text(re.compile("^All iterations are done"))
        kobai.page.reload()
        kobai.wait_until_ready()
        expect(training_said(kobai)).to_contain_text("is back")
    expect(kobai.page.get_by_role("alert")).to_be_hidden()


@pytest.mark.long
@pytest.mark.fault("storage cleared under the page")
def test_a_storage_that_is_cleared_under_the_page(kobai, shared_visit):
    kobai.open_file(network_file("looked at.pkl"))
    kobai.expect_network("looked at.pkl")
    kobai.open_file(network_file("read.pkl", 2))
    kobai.expect_network("read.pkl")
    kobai.page.reload()  # now the first is on the shelf, but not read
    kobai.wait_until_ready()
    kobai.expect_network("read.pkl")
    kobai.train(iterations=1_000_000)
    wait_until_kept(kobai.page, 1)
    browser = shared_visit.context.new_cdp_session(kobai.page)
    origin = kobai.page.evaluate("() => location.origin")
    browser.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "indexeddb"})
    wait_until_kept(kobai.page, kobai.iteration())  # the training is kept anew
    kobai.pause()
    expect(kobai.network.locator("option", has_text="looked at.pkl")).to_have_count(0)
    expect(kobai.network.locator("option", has_text="read.pkl")).to_have_count(0)
    expect(kobai.page.get_by_role("alert")).to_be_hidden()
