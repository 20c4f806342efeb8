// Pyodide as PyScript expects it, with a fetch that starts early and tells the page how far each file is.
// PyScript gives the page no progress and stays silent when a file of Pyodide is missing; this module runs first in
// the worker, so it can count the bytes of every file and name the one that fails.
import "../trusted_types.js";
import { keptFile } from "../kept.mjs";
import { loadPyodide as load, version } from "./pyodide.mjs";

const site = new URL("../", import.meta.url).href;
const tell = (message) => self.postMessage({ kobai: message });
const plainFetch = self.fetch.bind(self);

const OPTIONAL = "engine/"; // without the engine NumPy computes: the worker says so
const tellFailed = (file, why) => file.startsWith(OPTIONAL) || tell({ failed: file, why });

const countedFetch = async (file, input, options) => {
  let response;
  try {
    response = await plainFetch(input, options);
  } catch (error) {
    response = await keptFile(site, file, import.meta.url);
    if (!response) {
      tellFailed(file, String(error));
      throw error;
    }
  }
  if (!response.ok) {
    tellFailed(file, `${response.status} ${response.statusText}`);
    return response;
  }
  if (!response.body) return response;
  let bytes = 0;
  const counted = response.body.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        tell({ file, bytes });
        controller.enqueue(chunk);
      },
      flush() {
        tell({ file, bytes, done: true });
      },
    }),
  );
  const { status, statusText, headers } = response;
  const copy = new Response(counted, { status, statusText, headers });
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
plainFetch(site + "pyodide/pyodide-lock.json")
  .then((response) => response.json())
  .then(({ packages }) => {
    const { file_name, sha256 } = packages.numpy;
    start(`pyodide/${file_name}`, { integrity: `sha256-${base64(sha256)}` });
  })
  .catch(() => {}); // Pyodide asks for the same file, and tells
for (const file of [
  "data/t10k-images-idx3-ubyte.gz",
  "data/t10k-labels-idx1-ubyte.gz",
  "networks/two_layer_net.pkl",
  "networks/shipped.json",
  "engine/kobai_engine.wasm",
]) {
  start(file);
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
    return await load(options);
  } catch (error) {
    tell({ failed: "pyodide/", why: String(error) });
    throw error;
  }
};

export { loadPyodide, version };
