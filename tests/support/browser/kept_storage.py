"""What the page keeps in the browser, looked at and changed from outside, and its panels as a learner
uses them."""

from __future__ import annotations

import base64
import contextlib
import json
import pickle

import numpy as np
from playwright.sync_api import Error, Locator, Page, expect
from support.browser.kobai_page import KobaiPage

OPENED = """
const opened = (name) => new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onupgradeneeded = () => request.result.createObjectStore(name === "kobai" ? "kept" : "entries");
});
const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
});
"""

# name -> {about, data as base64 when it is wanted}
READ = f"""async ([kind, withData]) => {{
    {OPENED}
    const database = await opened("kobai");
    const objects = database.transaction("kept").objectStore("kept");
    const [keys, values] = await Promise.all([done(objects.getAllKeys()), done(objects.getAll())]);
    database.close();
    const text = (bytes) => bytes.reduce((all, byte) => all + String.fromCharCode(byte), "");
    return keys.flatMap((key, i) => key.startsWith(kind)
        ? [[key, values[i].about ?? JSON.stringify(values[i]), withData ? btoa(text(values[i].data)) :
        ""]] : []);
}}"""

# base64 of data, or a plain value as JSON text
WRITE = f"""async ([name, store, records]) => {{
    {OPENED}
    const database = await opened(name);
    const objects = database.transaction(store, "readwrite").objectStore(store);
    for (const [key, value] of records) await done(objects.put(JSON.parse(value), key));
    database.close();
}}"""

# [name, JSON text about it, base64 of its bytes], as the page writes a record
PUT = f"""async (records) => {{
    {OPENED}
    const database = await opened("kobai");
    const objects = database.transaction("kept", "readwrite").objectStore("kept");
    for (const [name, about, data] of records) {{
        await done(objects.put({{ data: Uint8Array.from(atob(data), (c) => c.charCodeAt(0)), about }}, name));
    }}
    database.close();
}}"""

# name -> the text about it, as it lies there
TEXTS = f"""async () => {{
    {OPENED}
    const database = await opened("kobai");
    const objects = database.transaction("kept").objectStore("kept");
    const [keys, values] = await Promise.all([done(objects.getAllKeys()), done(objects.getAll())]);
    database.close();
    return Object.fromEntries(keys.map((key, i) => [key, values[i]?.about ?? null]));
}}"""

DAMAGE = f"""async (name) => {{
    {OPENED}
    const database = await opened("kobai");
    const objects = database.transaction("kept", "readwrite").objectStore("kept");
    const record = await done(objects.get(name));
    record.data = record.data.slice(0, 1000);
    await done(objects.put(record, name));
    database.close();
}}"""

# what the page shows beside what is kept, ten times a second: [ms, iteration shown, iteration kept]; for so
# long, and until an iteration was made meanwhile, but not for ever. Where the machine had no time for the
# page, a fifth of a second counts at most, for the worker may have had none either.
WATCH = f"""async (long) => {{
    {OPENED}
    const database = await opened("kobai");
    const seen = [];
    let at = 0, last = performance.now();
    const end = last + 60 * 1000;
    const enough = () => at > long && seen.at(-1)[1] > seen[0][1];
    while (!enough() && performance.now() < end) {{
        at += Math.min(performance.now() - last, 200);
        last = performance.now();
        const shown = document.getElementById("now-iteration").textContent.split("/")[0].replaceAll(",", "");
        const objects = database.transaction("kept").objectStore("kept");
        const key = (await done(objects.getAllKeys())).find((name) => name.startsWith("training:"));
        const kept = key ? JSON.parse((await done(objects.get(key))).about).iteration : 0;
        seen.push([at, Number(shown), kept]);
        await new Promise((resolve) => setTimeout(resolve, 100));
    }}
    database.close();
    return seen;
}}"""

# whether a training of this iteration or a later one is kept within the time (Playwright's wait_for_function
# does not await what its function promises); the storage may be cleared meanwhile, which closes a connection
KEPT = f"""async ([least, seconds]) => {{
    {OPENED}
    const isKept = async () => {{
        const database = await opened("kobai");
        const values = await done(database.transaction("kept").objectStore("kept").getAll());
        database.close();
        const abouts = values.map(({{ about }}) => JSON.parse(about ?? "{{}}"));
        return abouts.some(({{ owner, iteration }}) => owner && iteration >= least);
    }};
    const end = performance.now() + 1000 * seconds;
    let found = false;
    while (!found && performance.now() < end) {{
        found = await isKept().catch((error) => {{
            if (error.name !== "AbortError" && error.name !== "InvalidStateError") throw error;
        }});
        if (!found) await new Promise((resolve) => setTimeout(resolve, 50));
    }}
    return found === true;
}}"""

OLD_NAME = "IDBMap/@pyscript/kobai"  # of the database that PyScript's storage makes


def records(page: Page, kind: str = "", data: bool = False) -> dict[str, dict]:
    """name -> what is written about it; with `data` its bytes as well."""
    found = {}
    for name, about, text in page.evaluate(READ, [kind, data]):
        found[name] = json.loads(about) | ({"data": base64.b64decode(text)} if data else {})
    return found


def write(page: Page, values: dict[str, object], name: str = "kobai", store: str = "kept") -> None:
    """Put plain values into a database of the page."""
    page.evaluate(WRITE, [name, store, [[key, json.dumps(value)] for key, value in values.items()]])


def put(page: Page, kept: list[tuple[str, str, bytes]]) -> None:
    """Put records into the database as the page writes them: name, JSON text about it, bytes."""
    coded = [[name, about, base64.b64encode(data).decode()] for name, about, data in kept]
    page.evaluate(PUT, coded)


def texts(page: Page) -> dict[str, str | None]:
    """name -> the text about it, of every record."""
    return page.evaluate(TEXTS)


def as_old_page_kept(data: bytes, about: dict) -> str:
    """A slot as PyScript's storage writes it: a flat list in which texts and objects are named by their
    place."""
    flat: list = [["1", "2"], "generic", {"data": "3", "about": "4"}, base64.b64encode(data).decode(), {}]
    for key, value in about.items():
        flat[4][key] = str(len(flat)) if isinstance(value, str) else value
        flat += [value] if isinstance(value, str) else []
    return json.dumps(flat)


def wait_until_kept(page: Page, iteration: int) -> None:
    """A copy of the training is in the storage, of this iteration or a later one."""
    assert page.evaluate(KEPT, [iteration, 60])


def training_said(kobai) -> Locator:
    """The sentence beside the buttons of the training."""
    return kobai.page.locator("#run-why")


def expect_back(kobai, iteration: int) -> int:
    """The training is offered, of this iteration or a later one, and does not run by itself."""
    expect(training_said(kobai)).to_contain_text("is back.")
    expect(kobai.page.locator("#continue")).to_be_enabled()
    stood = kobai.iteration()
    assert stood >= iteration
    return stood


def network_file(name: str, seed: int = 1, units: int = 20) -> dict:
    """A pickle of a network, as a learner has it."""
    random = np.random.default_rng(seed)
    shapes = {"W1": (784, units), "b1": (units,), "W2": (units, 10), "b2": (10,)}
    data = pickle.dumps({key: random.normal(size=shape) for key, shape in shapes.items()})
    return {"name": name, "mimeType": "", "buffer": data}


def import_file(kobai, file) -> None:
    """Press Import and pick a file (a path, or Playwright's dict of name, mimeType, buffer)."""
    with kobai.at("keep"), kobai.page.expect_file_chooser() as chooser:
        kobai.button("Import").press("Enter")
    chooser.value.set_files(file)


def another_tab(visit) -> KobaiPage:
    return KobaiPage(visit.context.new_page(), visit.kobai.address).open()


def crash(page) -> None:
    """The browser ends the page's process, as it does when memory is short."""
    with page.expect_event("crash"), contextlib.suppress(Error):
        page.goto("chrome://crash")
