// Node's part of precompile.py: runs the site's own Pyodide, whose Python alone can write bytecode that it will read.
// {"pyodide": folder, "program": Python, "archives": paths, "imports": names, "out": path} in; `out` is a zip.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
const { pyodide: folder, program, archives, imports, out } = JSON.parse(readFileSync(0, "utf8"));
const { loadPyodide } = await import(pathToFileURL(join(folder, "pyodide.mjs")));
const pyodide = await loadPyodide({ indexURL: `${folder}/` });
archives.forEach((path, number) => pyodide.FS.writeFile(`/archive${number}`, new Uint8Array(readFileSync(path))));
const compile = pyodide.runPython(`${program}\ncompile_archives`);
writeFileSync(out, compile(archives.length, pyodide.toPy(imports)).toJs());
