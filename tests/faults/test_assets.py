"""Each file of the site in turn, with each fault: the page does without it, or says so and then works.

With --every-asset all of them, some 460 visits; else a share, for the kinds of files have tests of their own
in test_failures.py. The list is that of the built site, so a new file is in it by itself.
"""

import gzip
import json
import re
import struct
from pathlib import PurePosixPath

import pytest
from playwright.sync_api import expect
from support.browser.faulty_server import CORRUPT, CUT, MISSING, SLOW, TRUNCATED

pytestmark = pytest.mark.fault("one file missing, corrupt, truncated, cut off, slow or of another version")

OTHER = "of another version"  # a file that works, and is not the one that belongs to the others
FAULTS = (MISSING, CORRUPT, TRUNCATED, CUT, SLOW, OTHER)
COMMENTS = {
    ".js": "// other",
    ".mjs": "// other",
    ".css": "/* other */",
    ".py": "# other",
    ".html": "<!-- other -->",
}
WASM_SECTION = b"\x00\x06\x05other"  # a section of one's own, which is passed over
# no visit of the page asks for these: texts, what installing needs, and what the service worker's tests break
NOT_ASKED = re.compile(r"licenses/|sbom|404\.html|icons/|manifest\.webmanifest|kept\.mjs")
SHARE = 149  # one pair of file and fault in so many; a prime, so that all kinds of both come up
LONG = 90_000  # ms: a start with all the waiting between tries

ENDED = """() => {
    const enabled = (name) => !document.getElementById(name)?.disabled;
    const told = [...document.querySelectorAll('[role=alert]')].some((each) => each.checkVisibility());
    return told || (document.getElementById('train') && enabled('train') && enabled('measure'));
}"""


def pytest_generate_tests(metafunc):
    folder = metafunc.config.site_folder
    files = sorted(json.loads((folder / "offline.json").read_text(encoding="utf-8"))["files"])
    pairs = [(file, fault) for file in files if not NOT_ASKED.search(file) for fault in FAULTS]
    # a page that is missing, or damaged where its first words stand, is the host's to tell; one that is cut
    # off runs no script: test_old_browser.py
    pairs = [
        pair for pair in pairs if pair not in [("index.html", fault) for fault in (MISSING, CORRUPT, CUT)]
    ]
    if not metafunc.config.getoption("--every-asset"):
        pairs = pairs[::SHARE]
    metafunc.parametrize(("file", "fault"), pairs, ids=[f"{file}-{fault}" for file, fault in pairs])


def of_another_version(file: str, data: bytes) -> bytes:
    """The same with other bytes, as a later build may have them."""
    kind = PurePosixPath(file).suffix
    if kind in COMMENTS:
        return data + f"\n{COMMENTS[kind]}\n".encode()
    if kind == ".json":
        return json.dumps(json.loads(data), indent=3).encode()
    if kind == ".wasm":
        return data + WASM_SECTION
    if kind == ".gz":
        return gzip.compress(gzip.decompress(data), 1, mtime=1)
    if kind in (".zip", ".whl"):  # a comment at its end
        assert data[-2:] == struct.pack("<H", 0)
        return data[:-2] + struct.pack("<H", 5) + b"other"
    return data + b"\n"


class Learner:
    """Uses what the page has; where a sentence comes, mends the host and does it again."""

    def __init__(self, visit, site) -> None:
        self.kobai, self.site = visit.kobai, site
        self.alerts = self.kobai.page.locator("[role=alert]:visible")

    def start(self) -> None:
        page = self.kobai.page
        page.wait_for_function(ENDED, timeout=LONG)
        if self.alerts.count():
            self.read_and_mend()
            again = page.locator("#problem-retry")
            again.click() if again.is_visible() else page.reload()
        self.kobai.wait_until_ready()
        assert self.kobai.ask_worker("look", index=0)["probabilities"][7] > 0.99

    def read_and_mend(self) -> None:
        sentence = self.alerts.first.locator("p").first.inner_text()
        assert 20 < len(sentence) < 300, sentence
        assert "lacks" not in sentence, sentence  # it is not the browser's fault
        assert not re.search(r"not have happened|予期しない", sentence), sentence
        self.site.mend()

    def do(self, action, done) -> None:
        """action() until `done` can be seen; a second time when a sentence came first."""
        action()
        expect(done.or_(self.alerts).first).to_be_visible(timeout=LONG)
        if self.alerts.count():
            self.read_and_mend()
            self.kobai.button("Close").click()
            action()
            expect(done.first).to_be_visible(timeout=LONG)


def test_a_file(visit, make_site, file, fault):
    site = make_site({} if fault == OTHER else {file: fault})
    if fault == OTHER:
        site.changed[file] = lambda data: of_another_version(file, data)
    begun = visit(site=site)
    begun.watch.announce(".")  # a browser logs faults in words of its own
    learner, kobai = Learner(begun, site), begun.kobai
    learner.start()
    page = kobai.page
    done = page.locator("#run-why").get_by_text("All iterations are")
    learner.do(lambda: kobai.train(iterations=2), done)
    figure = page.get_by_role("img", name="The loss curve, drawn by Matplotlib")
    kobai.show("keep")
    learner.do(lambda: kobai.button("Draw figure").click(), figure)
    kobai.show("train")
    for key in ("shipped-1000", "shipped-3"):
        answered = kobai.region("Probabilities").get_by_text(re.compile("^Answered by: Kobai"))
        learner.do(lambda key=key: kobai.network.select_option(key), answered)
        assert kobai.ask_worker("look", index=0)["probabilities"][7] > 0.9  # a damaged one would say else
    kobai.show("examine/checkup")
    learner.do(lambda: kobai.button("Check up this network").click(), page.locator("#checkup-findings > li"))
    kobai.show("examine/draw")
    learner.do(lambda: page.locator("#draw-take").click(), page.locator("#draw-verdict:not(:empty)"))
    assert kobai.iteration() == 2  # nothing was lost on the way
