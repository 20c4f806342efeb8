// Pyodide as PyScript expects it, with a fetch that tells the page how far each file is.
// PyScript gives the page no progress and stays silent when a file of Pyodide is missing; this module runs first in
// the worker, so it can count the bytes of every file and name the one that fails.
import { loadPyodide as load, version } from "./pyodide.mjs";

const site = new URL("../", import.meta.url).href;
const tell = (message) => self.postMessage({ kobai: message });
const plainFetch = self.fetch.bind(self);

self.fetch = async (input, options) => {
  const url = new URL(input instanceof Request ? input.url : input, site).href;
  if (!url.startsWith(site)) return plainFetch(input, options);
  const file = url.slice(site.length);
  let response;
  try {
    response = await plainFetch(input, options);
  } catch (error) {
    tell({ failed: file, why: String(error) });
    throw error;
  }
  if (!response.ok) {
    tell({ failed: file, why: `${response.status} ${response.statusText}` });
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

const loadPyodide = async (options) => {
  try {
    return await load(options);
  } catch (error) {
    tell({ failed: "pyodide/", why: String(error) });
    throw error;
  }
};

export { loadPyodide, version };
