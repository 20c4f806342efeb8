// Pyodide as PyScript expects it, with a fetch that starts early and tells the page how far each file is.
// PyScript gives the page no progress and stays silent when a file of Pyodide is missing; this module runs first in
// the worker, so it can count the bytes of every file and name the one that fails.
import "../js/trusted_types.js";
import "../js/pyscript_databases.js";
import "../js/offline_copy.js";
import "../js/retrying_fetch.js";

const site = new URL("../", import.meta.url).href;
const ofVersion = new URL(import.meta.url).searchParams.get("of")?.replace(/\.mjs$/, "");
const tell = (message) => self.postMessage({ kobai: message });

// No event tells the page that its worker is gone, but then the browser lets go of this lock, for which the page waits.
const lock = `kobai-worker-${Math.random()}`;
navigator.locks
  ?.request(lock, () => {
    tell({ lock });
    return new Promise(() => {});
  })
  .catch(() => {}); // where it is forbidden the page goes by silence alone

const OPTIONAL = /^(engine|idb-keyval)\//; // without the engine NumPy computes, without storage nothing is kept
self.kobaiFaults = {}; // file -> kind, of what failed: py/worker/site_files.py says it
const copy = self.kobaiCopy(site);
const files = self.kobaiRetrying(site, {
  again: (file, tried, tries) => tell({ again: file, tried, tries }),
  read: (file, bytes, done) => tell({ file, bytes, done }),
  kept: (file) => copy.answer(file, ofVersion), // the worker of a first visit: its requests go past the service worker
  failed({ file, kind, why }) {
    self.kobaiFaults[file] = kind;
    if (!OPTIONAL.test(file)) tell({ failed: file, kind, why });
  },
});

const started = new Map();
self.fetch = (input, options) => {
  const url = new URL(input instanceof Request ? input.url : input, site).href;
  const file = url.slice(site.length);
  const early = url.startsWith(site) && started.get(file);
  started.delete(file);
  return early || files.fetch(input, options);
};

// What is needed later on is asked for at once: it arrives while Python itself is starting.
const start = (file, options) => {
  const response = files.fetch(site + file, options);
  response.catch(() => {}); // whoever asks for the file hears of it
  started.set(file, response);
};
const base64 = (hex) => btoa(String.fromCharCode(...hex.match(/../g).map((byte) => parseInt(byte, 16))));
const checked = (sha256) => ({ integrity: `sha256-${base64(sha256)}` });
start("pyodide/pyodide-lock.json");
started
  .get("pyodide/pyodide-lock.json")
  .then((response) => response.clone().json())
  .then(({ packages }) => {
    const { file_name, sha256 } = packages.numpy;
    start(`pyodide/${file_name}`, checked(sha256));
  })
  .catch(() => {}); // Pyodide asks for the same file, and tells
const PAGES_OWN = [
  "data/t10k-images-idx3-ubyte.gz",
  "data/t10k-labels-idx1-ubyte.gz",
  "networks/shipped.json",
  "engine/kobai_engine.wasm",
];
for (const file of self.kobaiOwnCode ? [] : PAGES_OWN) start(file); // own.mjs needs none of them
started
  .get("networks/shipped.json")
  ?.then((response) => response.clone().json())
  .then(([{ file, sha256 }]) => start(file, checked(sha256)))
  .catch(() => {}); // Python asks for it once more

// What is kept goes through it (py/worker/storage/indexed_db.py); without it nothing is kept, and the worker says so.
if (!self.kobaiOwnCode) {
  self.kobaiKeyval = files.load("idb-keyval/index.js");
  self.kobaiKeyval.catch(() => {});
}

// Pyodide waits for ever when its WebAssembly is damaged
for (const name of ["instantiate", "instantiateStreaming"]) {
  const plain = WebAssembly[name];
  WebAssembly[name] = (source, imports) => {
    const result = plain(source, imports);
    result.catch((error) => tell({ failed: "pyodide/pyodide.asm.wasm", kind: "lost", why: String(error) }));
    return result;
  };
}

const asm = files.load("pyodide/pyodide.asm.mjs"); // Pyodide itself would ask once
asm.catch(() => {});
const { loadPyodide: load, version } = await files.load("pyodide/pyodide.mjs");

const loadPyodide = async (options) => {
  try {
    const { default: createPyodideModule } = await asm;
    const pyodide = await load({ ...options, createPyodideModule });
    pyodide._api.on_fatal = (error) => tell({ broken: String(error.stack || error) });
    return pyodide;
  } catch (error) {
    tell({ failed: "pyodide/", kind: "lost", why: String(error) });
    throw error;
  }
};

export { loadPyodide, version };
