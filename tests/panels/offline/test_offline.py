"""Without a network, with half of one, with a new version: what is kept, and that versions never mix."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support import reference
from support.browser.faulty_server import CORRUPT, CUT, PORTAL, SILENT, TRUNCATED
from support.browser.kobai_page import START, WORK, KobaiPage
from support.browser.offline_host import EDITION, hosting, offline_version, second_version
from support.panels.user_code_panel import UserCodePanel

KEPT = re.compile("This page now works without a network")
ALL_KEPT = re.compile("with everything it can do")
NO_NETWORK = "ERR_|Failed to (load|fetch)|NetworkError"  # a browser's words for requests that fail on purpose
LOOKED_FOR = "document.querySelector('meta[name=kobai-version]').content"
UPDATE_TO_ITS_END = """async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const found = new Promise(done => registration.addEventListener('updatefound', done, { once: true }));
    await registration.update().catch(() => {});
    await found;
    const worker = registration.installing;
    while (worker && worker.state === 'installing') await new Promise(done => setTimeout(done, 20));
    return worker ? worker.state : 'redundant';
}"""
DAMAGE = """async () => {
    const store = await caches.open('kobai /kobai/');
    for (const { url } of await store.keys()) {
        if (/base.css|numpy|three_layer/.test(url)) await store.delete(url);
        if (/library.zip/.test(url)) await store.put(url, new Response('something else'));
        if (/boot.js/.test(url)) {
            const text = await (await store.match(url)).text();
            await store.put(url, new Response(text.slice(0, 1000)));
        }
        if (/offline.json/.test(url)) await store.put(url, new Response('{"version": "cut sh'));
    }
    // and entries that nobody has written: of tabs, of versions
    const here = new URL('./', location.href).href;
    for (const text of ['', 'junk', 'null', '{"version": 5}', '{"version": "0", "since": 1e308}']) {
        await store.put(`${here}?client=${text.length}`, new Response(text));
        await store.put(`${here}offline.json?version=${text.length}`, new Response(text));
    }
}"""
# other bytes in place of some kept files; in place of the page, a page
OTHER_BYTES = """async pattern => {
    const store = await caches.open('kobai /kobai/');
    const found = (await store.keys()).filter(({ url }) => new RegExp(pattern).test(url));
    for (const { url } of found) {
        const { headers } = await store.match(url);
        const other = '<title>Other</title><script>window.other = 1</script>';
        await store.put(url, new Response(other, { headers }));
    }
    return found.length;
}"""


@pytest.fixture
def host(site_folder):
    with hosting(site_folder) as running:
        yield running


@pytest.fixture(scope="module")
def second(site_folder, tmp_path_factory):
    return second_version(site_folder, tmp_path_factory.mktemp("sites") / "second")


@pytest.fixture
def first_visit(visit, host):
    """A page after its first visit: ready, and kept for use without a network."""
    begun = visit(site=host, service_workers="allow")
    begun.watch.announce(NO_NETWORK)
    begun.kobai.wait_until_ready()
    expect_said(begun.kobai, KEPT)
    expect(notice(begun.kobai)).to_be_hidden()
    return begun


def expect_said(kobai: KobaiPage, text) -> None:
    expect(kobai.page.locator("#offline")).to_contain_text(text, timeout=WORK)


def expect_row(kobai: KobaiPage, name: str, kept: str) -> None:
    row = kobai.page.locator("#offline tr").filter(has_text=name)
    expect(row.locator("td").last).to_have_text(kept, timeout=START)


def notice(kobai: KobaiPage):
    return kobai.region("New version")


def look_for_update(kobai: KobaiPage) -> None:
    """What a browser does by itself at a visit and from time to time; the new worker may fail to install."""
    kobai.page.evaluate("async () => { await (await navigator.serviceWorker.getRegistration()).update(); }")


def stop_worker(begun) -> None:
    """As a browser does with one that has nothing to do: what it had in mind is forgotten."""
    session = begun.context.new_cdp_session(begun.kobai.page)
    session.send("ServiceWorker.enable")
    session.send("ServiceWorker.stopAllWorkers")
    session.detach()


def beyond_the_core(site: Path) -> list[str]:
    """The files that are kept when they are used, or when everything is."""
    files = json.loads((site / "offline.json").read_text(encoding="utf-8"))["files"]
    return [name for name, about in files.items() if about["group"] != "core"]


def sheet(page) -> str:
    """The style sheet that a request of this tab is answered with now."""
    return page.evaluate("async () => (await fetch('css/base.css')).text()")


@pytest.mark.fault("a fetch for offline use fails")
@pytest.mark.fault("the server switched off")
def test_a_fetch_that_fails_is_told_and_taken_up_again_and_then_all_works_without_the_server(visit, host):
    host.faults["three_layer_net.pkl"] = PORTAL  # not needed for the start
    begun = visit(site=host, service_workers="allow")
    begun.watch.announce(NO_NETWORK)
    kobai = begun.kobai.wait_until_ready()
    expect_said(kobai, "a web page came, probably the login page of this network, and it was not kept")
    host.faults["three_layer_net.pkl"] = CUT
    kobai.show("keep")
    kobai.button("Keep for offline").click()
    expect_said(kobai, "A file could not be fetched. Check the connection")
    host.mend()
    session = begun.context.new_cdp_session(kobai.page)
    origin = host.address.removesuffix("/kobai/")
    session.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1_000_000})
    kobai.button("Keep for offline").click()
    expect_said(kobai, "The browser has no room left")
    assert kobai.measured_accuracy() > 0.94
    session.send("Storage.overrideQuotaForOrigin", {"origin": origin})  # as it was
    host.faults |= dict.fromkeys(beyond_the_core(host.folder), SILENT)
    kobai.button("Keep for offline").click()
    kobai.button("Stop fetching").click()
    expect_said(kobai, "Stopped. What has arrived is kept.")
    host.mend()
    expect_row(kobai, "The page, Python", "kept")
    expect_row(kobai, "training images", "not yet")
    kobai.train(iterations=12)
    kobai.wait_until_trained()
    expect_row(kobai, "training images", "kept")  # for it was used
    expect_row(kobai, "Matplotlib", "not yet")
    kobai.button("Keep for offline").click()
    expect_said(kobai, ALL_KEPT)
    expect(kobai.button("Keep for offline")).to_be_disabled()
    host.switch_off()
    it_predicts_trains_and_draws(kobai)


def it_predicts_trains_and_draws(kobai: KobaiPage) -> None:
    """In the first visit still, whose worker started before there was a copy, and at those that follow."""
    kobai.show("keep")
    kobai.button("Draw figure").click()
    drawn = kobai.page.get_by_role("img", name="The loss curve, drawn by Matplotlib")
    expect(drawn).to_be_visible(timeout=WORK)
    UserCodePanel(kobai).come_near().run("a = 1\n")  # in a Python that is started now
    for address in ("?lang=en", "index.html?lang=en&x=1#run"):
        kobai.page.goto("about:blank")
        kobai.open(address)
        kobai.wait_until_live()
    kobai.wait_until_ready()
    assert kobai.iteration() == 12  # the training of the first visit
    kobai.reset()
    kobai.train(iterations=20)
    kobai.wait_until_trained()
    expected = reference.trained(20).train_loss_list[-1]
    assert float(kobai.figure("loss")) == pytest.approx(expected, abs=1e-4)
    kobai.use("shipped")
    assert kobai.measured_accuracy() > 0.94
    kobai.show("keep")
    kobai.button("Draw figure").click()
    expect(drawn).to_be_visible(timeout=WORK)
    UserCodePanel(kobai).come_near().run("a = 1\n")


def test_it_can_be_installed(kobai, shared_visit):
    session = shared_visit.context.new_cdp_session(kobai.page)
    found = session.send("Page.getAppManifest")
    assert found["errors"] == []
    assert found["url"].endswith("/kobai/manifest.webmanifest")
    assert found["manifest"]["scope"] == found["manifest"]["startUrl"] == kobai.address
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # a context of the tests is like a private window, in which no browser installs
    assert {error["errorId"] for error in errors} <= {"in-incognito"}


@pytest.mark.long
@pytest.mark.fault("a damaged update")
@pytest.mark.fault("a new version while the page is open")
def test_a_new_version_is_refused_when_damaged_comes_at_the_learners_word_and_never_mixes(
    first_visit, host, second, site_folder
):
    kobai = first_visit.kobai
    host.folder = second
    for fault in (CORRUPT, TRUNCATED, CUT):
        host.faults["base.css"] = fault
        assert kobai.page.evaluate(UPDATE_TO_ITS_END) == "redundant"
        expect_said(kobai, "A newer version could not be fetched whole")
        expect(notice(kobai)).to_be_hidden()
        assert EDITION not in sheet(kobai.page)
    # the old version stays, at a reload and for another tab
    kobai.page.reload()
    expect(kobai.page).to_have_title("Kobai 勾配")
    other = KobaiPage(first_visit.context.new_page(), host.address).open()
    expect(other.page).to_have_title("Kobai 勾配")
    host.mend()
    for each in (kobai, other):
        each.wait_until_ready()
        assert EDITION not in sheet(each.page)
    look_for_update(kobai)
    for each in (kobai, other):
        expect(notice(each)).to_contain_text("A new version of Kobai is ready", timeout=START)
    # both tabs stay what they are, whatever they ask for, and a reload is no word of the learner's
    assert EDITION not in sheet(kobai.page)
    other.button("Later").click()
    expect(notice(other)).to_be_hidden()
    other.page.reload()
    other.wait_until_ready()
    assert other.page.evaluate(LOOKED_FOR) == offline_version(site_folder)
    # the word is given in one tab while it trains: what was learnt is kept
    kobai.train()
    kobai.wait_until_iteration(200)
    notice(kobai).get_by_role("button", name="Update now").click()
    expect(kobai.page).to_have_title("Second Kobai", timeout=WORK)
    kobai.wait_until_ready()
    assert kobai.iteration() >= 200
    assert EDITION in sheet(kobai.page)
    assert kobai.page.evaluate(LOOKED_FOR) == offline_version(second)
    # the other tab has its old files still, and so has a worker that it starts anew, without a network, too
    host.switch_off()
    stop_worker(first_visit)
    assert EDITION not in sheet(other.page)
    worker_asks = """async () => {
        const code = `onmessage = async ({ data: [first, sheet] }) => {
            await fetch(first);
            postMessage(await (await fetch(sheet)).text());
        };`;
        const worker = new Worker(URL.createObjectURL(new Blob([code])));
        const answer = new Promise(done => (worker.onmessage = ({ data }) => done(data)));
        const { interpreter } = JSON.parse(document.querySelector('py-config').textContent);
        worker.postMessage([interpreter, 'css/base.css'].map(file => new URL(file, document.baseURI).href));
        return answer;
    }"""
    assert EDITION not in other.page.evaluate(worker_asks)
    assert EDITION in kobai.page.evaluate(worker_asks)
    # until its learner, too, says so
    expect(notice(other)).to_be_visible()
    notice(other).get_by_role("button", name="Update now").click()
    expect(other.page).to_have_title("Second Kobai", timeout=WORK)
    other.wait_until_ready()
    assert EDITION in sheet(other.page)


@pytest.mark.long
@pytest.mark.fault("other bytes in the offline copy, without a network")
@pytest.mark.fault("the offline copy lacks files, or they are damaged")
def test_what_is_damaged_is_never_used_but_fetched_again_and_what_is_removed_is_gone(first_visit, host):
    kobai, page = first_visit.kobai, first_visit.kobai.page
    first_visit.watch.announce("503|NetworkError|Unable to fetch|integrity|damaged|could not|MessageEvent")
    told = page.get_by_role("alert").filter(has_text="in this browser is damaged, so it is not used")
    host.switch_off()
    session = first_visit.context.new_cdp_session(page)
    session.send("Network.clearBrowserCache")  # or what is damaged is mended from there
    session.detach()
    # by the worker of the first visit, which reads the copy past the service worker
    assert page.evaluate(OTHER_BYTES, "three_layer_net") == 1
    kobai.network.select_option("shipped-3")
    expect(told).to_contain_text("three_layer_net.pkl")
    # by the service worker, for the worker and for the page: each of these is asked for before the one before
    for file in ("py/library.zip", "pyodide/numpy", "py/page/modules.bin"):
        assert page.evaluate(OTHER_BYTES, file) == 1
        page.reload()
        expect(told).to_contain_text(file, timeout=START)
    assert page.evaluate(OTHER_BYTES, "index.html") == 1
    page.reload()
    expect(page.get_by_text("The copy of this page that your browser keeps is damaged")).to_be_visible()
    expect(page.get_by_text("このブラウザに保存されたページのファイルが壊れている")).to_be_visible()
    assert page.evaluate("window.other") is None
    host.switch_on()
    page.get_by_role("link", name="reload").click()
    kobai.wait_until_ready()
    expect_said(kobai, KEPT)
    assert kobai.ask_worker("look", index=0)["probabilities"][7] > 0.99

    assert first_visit.watch.verdict() == []

    # with a network, files that are gone or damaged are fetched again, without an error on the way
    first_visit.watch.announce(NO_NETWORK)
    page.evaluate(
        "async () => { await (await caches.open('kobai of another project')).add('css/base.css'); }"
    )
    page.evaluate(DAMAGE)
    stop_worker(first_visit)  # so that it has to read what was damaged
    page.reload()
    kobai.wait_until_ready()
    expect_said(kobai, KEPT)
    host.switch_off()  # healed: it works from the copy alone
    stop_worker(first_visit)
    page.reload()
    kobai.wait_until_ready()
    assert "font-variant-numeric" in sheet(page)
    part = page.evaluate(
        """async () => {
            const response = await fetch('icons/favicon.svg', { headers: { Range: 'bytes=1-3' } });
            return [response.status, await response.text(), response.headers.get('content-range')];
        }"""
    )
    assert part[:2] == [206, "svg"]
    assert re.fullmatch(r"bytes 1-3/\d+", part[2])
    host.switch_on()
    kobai.show("keep")
    kobai.button("Remove the offline copy").click()
    expect_said(kobai, "The offline copy is removed.")
    page.reload()
    kobai.wait_until_ready()
    expect_said(kobai, "The offline copy is removed.")
    assert page.evaluate("() => caches.keys()") == ["kobai of another project"]
    assert page.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
    kobai.button("Keep for offline").click()
    expect_said(kobai, ALL_KEPT)


@pytest.mark.fault("no service worker")
def test_a_browser_that_keeps_nothing_is_told_of(kobai):
    expect_said(kobai, "This browser keeps no offline copy here")
    expect(kobai.button("Keep for offline")).to_be_disabled()
    expect(kobai.page.get_by_role("alert")).to_be_hidden()
