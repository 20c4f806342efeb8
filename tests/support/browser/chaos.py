"""A user without a plan: clicks, types and presses keys all over the page, and never loses anything by it.

    .venv/bin/python tests/support/browser/chaos.py --seed 7 --actions 2000

from the project's folder, on the built site; KOBAI_CHROMIUM names a browser. Prints each action, so that a
failure can be repeated: the seed decides which. After every action these hold, or it ends and says what not:
no error in the console, none uncaught; the page answers within a few seconds; the iteration only falls by a
reset or a start of Python; no network vanishes but by a deletion; the training's buttons fit what it does.
By hand: libraries that press at random, such as gremlins.js, do not know what must hold afterwards.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from pathlib import Path

from playwright.sync_api import Error

SLOWEST_RESET = 30  # actions
ANSWER = 10.0  # seconds within which the page answers; machines at their limit included
STEPS_OF_A_KEY = [
    "Tab",
    "Shift+Tab",
    "ArrowLeft",
    "ArrowRight",
    "ArrowUp",
    "ArrowDown",
    "Enter",
    "Space",
    "Escape",
]
TEXTS = ["0", "1", "-5", "7", "50", "1e9", "3.5", "x", "", "99999", "12", "日本語", "<b>x</b>"]
NUMBERS = ["", "0", "1", "2", "-1", "0.1", "17", "100", "300", "1e300", "9999", "60000", "2.5"]
CODES = [
    "a = 1\nprint(a)\n", "a = = 1\n", "", "y = net.predict(x)\nprint(y.argmax(), t)\n", "1 / 0\n",
    "while True:\n    pass\n", "net.params.clear()\nx[:] = 5\n", "import sys\nsys.exit()\n",
]  # fmt: skip
BAD_FILES = {
    "empty.pkl": b"",
    "noise.pkl": bytes(range(256)) * 20,
    "text.npz": b"not a network at all",
    "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "evil.pkl": b"cos\nsystem\n(S'true'\ntR.",
}

# every control that a user could use now: seen, enabled, and (for what is folded) open
CONTROLS = """() => {
    const wanted = 'button, select, input, textarea, a[href^="#"], summary, [role=slider], [tabindex="0"]';
    window.chaosControls = [...document.querySelectorAll(wanted)].filter((element) =>
        !element.disabled && element.type !== 'file' && element.checkVisibility({ visibilityProperty: true })
        && element.getClientRects().length && !element.closest('.skip'));
    return chaosControls.map((element) => [
        element.tagName.toLowerCase(), element.type || '', element.id || element.getAttribute('aria-label')
        || element.textContent.trim().slice(0, 40) || element.className, element.getAttribute('role') || '']);
}"""

# until so many frames have been drawn
LOOK_ON = "async frames => { while (frames--) await new Promise(requestAnimationFrame); }"

# the state of the page, as its invariants want it
STATE = """() => {
    const id = (name) => document.getElementById(name);
    const shown = (name) => !id(name).hidden;
    return {
        iteration: parseInt(id('now-iteration').textContent.replace(/,/g, '')),
        networks: [...id('network').options].map((option) => option.value),
        problem: shown('problem') ? id('problem-sentence').textContent : '',
        details: shown('problem') ? id('problem-details').textContent : '',
        train: shown('train'), pause: shown('pause'), again: shown('continue'),
        pausable: !id('pause').disabled, resettable: !id('reset').disabled, steppable: !id('step').disabled,
        locked: id('hidden_size').disabled, ready: !id('network').disabled,
        stopped: shown('python-again'), loading: shown('loading'),
    };
}"""
# what becomes of an action whose control, or whose page, is gone meanwhile
GONE = "detached|not attached|Timeout|not visible|not enabled|Execution context was destroyed|navigat"
UNEXPECTED = ("Something went wrong that should not have", "予期しない問題が起きました")


class Broken(AssertionError):
    """An invariant did not hold."""


class Chaos:
    def __init__(self, page, watch, seed: int, files: list[Path], log=print) -> None:
        self.page, self.watch, self.log, self.files = page, watch, log, files
        self.random = random.Random(seed)
        self.fell = 0  # for so many more actions the iteration may fall: a reset can take a while
        self.deleted: set[str] = set()
        self.before: dict = {}
        self.slowest = 0.0
        self.counts: dict[str, int] = {}
        self.came_anew = False  # the page was loaded anew, as after "Delete everything"
        page.on("domcontentloaded", lambda: setattr(self, "came_anew", True))

    # ---------------------------------------------------------------- running

    def run(self, actions: int) -> None:
        self.before = self.state()
        for number in range(actions):
            name, act = self.choose()
            self.counts[name.split()[0]] = self.counts.get(name.split()[0], 0) + 1
            self.log(f"{number} {name}")
            try:
                act()
            except Broken:
                raise
            except Exception as error:  # a control that went away meanwhile is no fault
                if not re.search(GONE, str(error)):
                    raise
                self.log(f"  ({str(error).splitlines()[0][:100]})")
            self.check()

    def state(self) -> dict:
        if self.came_anew:
            self.watch.verdict()  # what a page says that is being left is not heard by anyone
            self.fell = SLOWEST_RESET
            self.ready()
            self.came_anew = False
        self.page.wait_for_selector("#now-iteration", state="attached")
        start = time.monotonic()
        state = self.page.evaluate(STATE)
        took = time.monotonic() - start
        self.slowest = max(self.slowest, took)
        if took > ANSWER:
            raise Broken(f"the page answered after {took:.1f} s")
        return state

    def check(self) -> None:
        try:
            now, before = self.state(), self.before
        except Error as error:  # it is being loaded anew at this moment
            if not re.search(GONE, str(error)):
                raise
            self.page.wait_for_load_state()
            now, before = self.state(), self.before
        wrong = self.watch.verdict()
        if wrong:
            raise Broken("\n".join(wrong))
        if any(word in now["problem"] for word in UNEXPECTED):
            raise Broken(f"{now['problem']}\n{now['details']}")
        if now["stopped"]:
            raise Broken(f"Python has stopped: {now['problem']}")
        if now["iteration"] < before["iteration"] and not self.fell:
            raise Broken(f"iteration {before['iteration']} fell to {now['iteration']}")
        lost = {key for key in before["networks"] if key not in now["networks"]} - {"trained"} - self.deleted
        if lost and now["ready"]:
            raise Broken(f"lost {lost}")
        if now["train"] + now["pause"] + now["again"] != 1:
            raise Broken(f"of Train, Pause and Continue one is to be seen: {now}")
        if now["pause"] and not (now["pausable"] and now["locked"]) or now["pause"] and now["steppable"]:
            raise Broken(f"while it trains, Pause works and nothing else: {now}")
        if now["again"] and not now["locked"]:
            raise Broken(f"the settings of a training can be changed: {now}")
        self.fell = max(0, self.fell - 1)
        if now["ready"]:
            self.before = now

    # --------------------------------------------------------------- choosing

    def choose(self):
        rare = self.random.random()
        if rare < 0.02:
            return "reload", self.reload
        if rare < 0.05:
            return "open a file", self.open_file
        if rare < 0.09:
            return "train a little", self.train
        if rare < 0.13:
            return "keys", self.keys
        if rare < 0.15:
            return "scroll", lambda: self.page.mouse.wheel(0, self.random.randint(-4000, 4000))
        if rare < 0.16:
            return "theme", self.theme
        if rare < 0.17:
            return "look on", lambda: self.page.evaluate(LOOK_ON, self.random.randint(3, 90))
        controls = self.controls()
        index = self.random.randrange(len(controls))
        tag, kind, name, role = controls[index]
        return f"{tag} {kind} {name}", lambda: self.use(index, tag, kind, name, role)

    def controls(self) -> list:
        try:
            return self.page.evaluate(CONTROLS)
        except Error as error:  # it began to be loaded anew after the last look
            if not re.search(GONE, str(error)):
                raise
            self.page.wait_for_load_state()
            self.before = self.state()
            return self.page.evaluate(CONTROLS)

    def use(self, index: int, tag: str, kind: str, name: str, role: str) -> None:
        element = self.page.evaluate_handle("i => chaosControls[i]", index).as_element()
        if name == "reset" or element.evaluate("e => !!e.closest('#checkup, #mystery')"):
            self.fell = SLOWEST_RESET  # the check-up and the mystery set the training up anew
        if name == "confirm-yes":  # of "Delete everything", or of one training
            self.deleted |= set(self.before["networks"])
            self.fell = SLOWEST_RESET
        if element.get_attribute("data-do") == "delete":
            self.deleted.add(element.get_attribute("data-network"))
        short = 1500
        if tag == "select":
            values = element.evaluate("e => [...e.options].filter(o => !o.disabled).map(o => o.value)")
            if values:
                element.select_option(self.random.choice(values), timeout=short)
        elif kind in ("number", "text", "search", "textarea"):
            element.evaluate(
                """(e, text) => { e.value = text; e.dispatchEvent(new Event('input', { bubbles: true }));
                    e.dispatchEvent(new Event('change', { bubbles: true })); }""",
                self.random.choice({"number": NUMBERS, "textarea": CODES}.get(kind, TEXTS)),
            )
            if self.random.random() < 0.4:
                element.press("Enter", timeout=short)
        elif tag == "input" and kind == "range" or role == "slider":
            for _ in range(self.random.randint(1, 5)):
                element.press(
                    self.random.choice(["ArrowLeft", "ArrowRight", "Home", "End", "PageUp"]), timeout=short
                )
        else:
            clicks = self.random.choice([1, 1, 1, 2, 2, 3])
            # not by the pointer: what lies above it is another test's concern, and this is ten times faster
            element.evaluate("(e, clicks) => { for (let i = 0; i < clicks; i += 1) e.click(); }", clicks)

    # ---------------------------------------------------------------- actions

    def keys(self) -> None:
        for _ in range(self.random.randint(1, 6)):
            # what has the focus may be Reset, Delete, or a link that leads away from the page
            focus = self.page.evaluate("document.activeElement ? document.activeElement.outerHTML : ''")
            resets = self.page.evaluate("!!document.activeElement?.closest('#checkup, #mystery')")
            if re.match('<a [^>]*href="[^#]', focus):
                self.page.keyboard.press("Tab")
                continue
            if 'id="reset"' in focus or resets:
                self.fell = SLOWEST_RESET
            if 'id="confirm-yes"' in focus:
                self.deleted |= set(self.before["networks"])
                self.fell = SLOWEST_RESET
            if 'data-do="delete"' in focus:
                self.deleted.add(re.search('data-network="([^"]*)"', focus)[1])
            self.page.keyboard.press(self.random.choice(STEPS_OF_A_KEY))

    def theme(self) -> None:
        self.page.emulate_media(color_scheme=self.random.choice(["light", "dark"]))

    def train(self) -> None:
        """Settings that make sense, and Train or Continue."""
        for name, choices in (
            ("iterations", [20, 200, 1000, 20000]),
            ("seed", [0, 1, 2]),
            ("hidden_size", [5, 50]),
        ):
            field = self.page.locator("#" + name)
            if field.is_enabled():
                field.fill(str(self.random.choice(choices)), timeout=1500)
        for name in ("train", "continue"):
            button = self.page.locator("#" + name)
            if button.is_visible() and button.is_enabled():
                button.evaluate("e => e.click()")

    def open_file(self) -> None:
        name, data = self.random.choice([*BAD_FILES.items(), *((f.name, f.read_bytes()) for f in self.files)])
        self.log(f"  {name}")
        picker = self.page.locator("#file")
        picker.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})

    def reload(self) -> None:
        """In the middle of whatever goes on: what a training did since it was last kept may be lost."""
        self.fell = SLOWEST_RESET
        if self.random.random() < 0.5:
            self.ready()
        self.page.reload(wait_until="commit")
        self.came_anew = True

    def ready(self) -> None:
        self.page.wait_for_function(
            """() => document.getElementById('step') && !document.getElementById('network').disabled
                && document.getElementById('loading').hidden""",
            timeout=90_000,
        )


def main() -> int:
    root = Path(__file__).resolve().parents[3]
    sys.path[:0] = [str(root / "py"), str(root / "tests")]
    import os

    from playwright.sync_api import sync_playwright
    from support.browser.faulty_server import serving
    from support.browser.watch import Watch

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--actions", type=int, default=2000)
    parser.add_argument("--quiet", action="store_true", help="print the last 30 actions only when one fails")
    arguments = parser.parse_args()
    lines: list[str] = []
    log = lines.append if arguments.quiet else lambda line: (lines.append(line), print(line, flush=True))
    start = time.monotonic()
    folder = Path(os.environ.get("KOBAI_SITE") or root / "dist")
    with serving(folder) as site, sync_playwright() as playwright:
        root_flags = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("KOBAI_CHROMIUM") or None, args=[*root_flags, "--disable-gpu"]
        )
        context = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
        watch = Watch(context, site.address.split("/kobai/")[0])
        page = context.new_page()
        page.set_default_timeout(5000)
        page.goto(site.address + "?lang=en")
        chaos = Chaos(page, watch, arguments.seed, sorted((folder / "networks").glob("*.pkl")), log)
        chaos.ready()
        try:
            chaos.run(arguments.actions)
        except Broken as broken:
            print("\n".join(lines[-30:] + watch.lines[-12:]))
            print(f"BROKEN seed {arguments.seed} after {sum(chaos.counts.values())} actions: {broken}")
            return 1
        finally:
            browser.close()
    report = {
        "seed": arguments.seed,
        "seconds": round(time.monotonic() - start),
        "slowest answer": chaos.slowest,
    }
    print(json.dumps(report | chaos.counts, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
