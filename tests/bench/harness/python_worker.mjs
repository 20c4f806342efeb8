// Pyodide as the page has it: the same files, library and engine; workload.py does the work.
import { loadPyodide } from "../../site/pyodide/pyodide.mjs";

const site = new URL("../../site/", import.meta.url).href;
const DATA = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"];
let pyodide, answer;

const bytes = async (url) => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
};

const methods = {
  async start() {
    pyodide = await loadPyodide({ indexURL: `${site}pyodide/`, packages: ["numpy"] });
    pyodide.unpackArchive((await bytes(`${site}py/library.zip`)).buffer, "zip", { extractDir: "." });
    pyodide.FS.writeFile("workload.py", await bytes(new URL("../workload.py", import.meta.url)));
    pyodide.FS.writeFile("kobai_engine.wasm", await bytes(`${site}engine/kobai_engine.wasm`));
    for (const name of DATA.map((part) => `${part}-ubyte.gz`)) {
      pyodide.FS.writeFile(name, await bytes(`${site}data/${name}`));
    }
    pyodide.runPython(`
import sys
sys.path.insert(0, ".")
import workload
from pathlib import Path
work = workload.Workload(".", Path("kobai_engine.wasm").absolute())
`);
    answer = pyodide.runPython("lambda text: workload.answer(work, text)");
    return methods.call("about");
  },

  call(method, ...args) {
    return JSON.parse(answer(JSON.stringify({ method, arguments: args })));
  },
};

self.onmessage = async ({ data: { method, args } }) => {
  try {
    self.postMessage({ value: await methods[method](...args) });
  } catch (error) {
    self.postMessage({ error: String(error.stack || error) });
  }
};
