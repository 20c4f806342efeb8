// Opens each case in the site's own Pyodide, one after the other in one Python, and prints a line of JSON for each.
//
//     node in_pyodide.mjs FOLDER_OF_PYODIDE FOLDER_OF_PY FOLDER_OF_CASES
//
// The last folder holds cases.json, a list of {label, reader, file}; cost_in_pyodide.py knows the readers.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [pyodide, library, folder] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(pyodide, "pyodide.mjs")));
const python = await loadPyodide({
  indexURL: pyodide + "/",
  lockFileURL: join(pyodide, "pyodide-lock.json"),
  stdout: () => {},
});
await python.loadPackage("numpy", { messageCallback: () => {} });
const here = dirname(fileURLToPath(import.meta.url));
for (const [place, root] of [["/library", library], ["/tests", here], ["/cases", folder]]) {
  python.FS.mkdir(place);
  python.FS.mount(python.FS.filesystems.NODEFS, { root }, place);
}
python.runPython("import sys; sys.path += ['/library', '/tests']; sys.dont_write_bytecode = True");
const run = python.runPython("from cost_in_pyodide import run; run");
const computing = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
for (const { label, reader, file } of JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"))) {
  process.stdout.write(JSON.stringify({ label }) + "\n"); // the last one of these names the case that ended Python
  let told = run(reader, "/cases/" + file, computing);
  if (JSON.parse(told).seconds > 1) told = run(reader, "/cases/" + file, computing); // other programs share the processor
  process.stdout.write(told + "\n");
}
