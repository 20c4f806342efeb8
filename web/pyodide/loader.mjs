// Pyodide as PyScript expects it, with a fetch that starts early and tells the page how far each file is.
// PyScript gives the page no progress and stays silent when a file of Pyodide is missing; this module runs first in
// the worker, so it can count the bytes of every file and name the one that fails.
import "../trusted_types.js";
import "../pyscript_databases.js";
import { keptFile } from "../kept.mjs";
import { loadPyodide as load, version } from "./pyodide.mjs";

const site = new URL("../", import.meta.url).href;
const tell = (message) => self.postMessage({ kobai: message });
const plainFetch = self.fetch.bind(self);

// No event tells the page that its worker is gone, but then the browser lets go of this lock, for which the page waits.
const lock = `kobai-worker-${Math.random()}`;
navigator.locks
  ?.request(lock, () => {
    tell({ lock });
    return new Promise(() => {});
  })
  .catch(() => {}); // where it is forbidden the page goes by silence alone

const OPTIONAL = "engine/"; // without the engine NumPy computes: the worker says so
const tellFailed = (file, why) => file.startsWith(OPTIONAL) || tell({ failed: file, why });

const WAITS = [300, 1000, 3000]; // ms before a lost connection is tried again
const lost = async (file, tried) => {
  tell({ again: file, tried: tried + 1, tries: WAITS.length });
  await new Promise((resolve) => setTimeout(resolve, WAITS[tried]));
};
const isPassing = (response) => [429, 500, 502, 503, 504].includes(response.status);

const ask = async (file, input, options) => {
  for (let tried = 0; ; tried += 1) {
    // a file with a checksum fails in the same way when it is missing or damaged: once more is enough
    const last = tried === (options?.integrity ? 1 : WAITS.length);
    try {
      // a damaged copy in the browser's own cache must not be met again
      const response = await plainFetch(input, tried ? { ...options, cache: "reload" } : options);
      if (last || !isPassing(response)) return response;
    } catch (error) {
      const kept = await keptFile(site, file, import.meta.url);
      if (kept) return kept;
      if (last) throw error;
    }
    await lost(file, tried);
  }
};

// The rest of a file from this byte on; where the host knows no ranges, all of it is sent and the beginning skipped.
const rest = async (input, options, start, tag) => {
  const headers = { Range: `bytes=${start}-`, ...(tag && { "If-Range": tag }) };
  const response = await plainFetch(input, { ...options, cache: "no-store", headers });
  const isPart = response.status === 206;
  if (!response.ok || (isPart && response.headers.get("Content-Encoding"))) throw new Error(`${response.status}`);
  const reader = response.body.getReader();
  for (let skip = isPart ? 0 : start; skip > 0; ) {
    const { done, value } = await reader.read();
    if (done) throw new Error("the file has become shorter");
    if (value.byteLength > skip) return { reader, first: value.subarray(skip) };
    skip -= value.byteLength;
  }
  return { reader };
};

// The body, counted; a connection lost in the middle is taken up again where it broke.
const counted = (file, input, options, response) => {
  const tag = response.headers.get("Content-Encoding") ? null : response.headers.get("ETag");
  let reader = response.body.getReader();
  let bytes = 0;
  let tried = 0;
  const pull = async (controller) => {
    for (;;) {
      try {
        if (!reader) {
          const { reader: next, first } = await rest(input, options, bytes, tag);
          reader = next;
          if (first) return give(controller, first);
        }
        const { done, value } = await reader.read();
        if (!done) return give(controller, value);
        tell({ file, bytes, done: true });
        return controller.close();
      } catch (error) {
        reader = null;
        if (tried === WAITS.length) {
          tellFailed(file, String(error));
          return controller.error(error);
        }
        await lost(file, tried);
        tried += 1;
      }
    }
  };
  const give = (controller, value) => {
    bytes += value.byteLength;
    tell({ file, bytes });
    controller.enqueue(value);
  };
  return new ReadableStream({ pull });
};

const countedFetch = async (file, input, options) => {
  let response;
  try {
    response = await ask(file, input, options);
  } catch (error) {
    tellFailed(file, String(error));
    throw error;
  }
  if (!response.ok) {
    tellFailed(file, `${response.status} ${response.statusText}`);
    return response;
  }
  if (!response.body) return response;
  const { status, statusText, headers } = response;
  const copy = new Response(counted(file, input, options, response), { status, statusText, headers });
  Object.defineProperty(copy, "url", { value: response.url });
  return copy;
};

const started = new Map();
self.fetch = (input, options) => {
  const url = new URL(input instanceof Request ? input.url : input, site).href;
  if (!url.startsWith(site)) return plainFetch(input, options);
  const file = url.slice(site.length);
  const early = started.get(file);
  started.delete(file);
  return early ?? countedFetch(file, input, options);
};

// What is needed later on is asked for at once: it arrives while Python itself is starting.
const start = (file, options) => {
  const response = countedFetch(file, site + file, options);
  response.catch(() => {}); // whoever asks for the file hears of it
  started.set(file, response);
};
const base64 = (hex) => btoa(String.fromCharCode(...hex.match(/../g).map((byte) => parseInt(byte, 16))));
const checked = (sha256) => ({ integrity: `sha256-${base64(sha256)}` });
plainFetch(site + "pyodide/pyodide-lock.json")
  .then((response) => response.json())
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

// What is kept goes through it (py/worker/database.py); without it nothing is kept, and the worker says so.
if (!self.kobaiOwnCode) {
  self.kobaiKeyval = import("../idb-keyval/index.js");
  self.kobaiKeyval.catch(() => {});
}

// Pyodide waits for ever when its WebAssembly is damaged
for (const name of ["instantiate", "instantiateStreaming"]) {
  const plain = WebAssembly[name];
  WebAssembly[name] = (source, imports) => {
    const result = plain(source, imports);
    result.catch((error) => tell({ failed: "pyodide/pyodide.asm.wasm", why: String(error) }));
    return result;
  };
}

const loadPyodide = async (options) => {
  try {
    const pyodide = await load(options);
    pyodide._api.on_fatal = (error) => tell({ broken: String(error.stack || error) });
    return pyodide;
  } catch (error) {
    tell({ failed: "pyodide/", why: String(error) });
    throw error;
  }
};

export { loadPyodide, version };
