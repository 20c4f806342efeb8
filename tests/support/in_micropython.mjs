// Runs a program in the site's own MicroPython:  node in_micropython.mjs MICROPYTHON.MJS PROGRAM
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [micropython, program] = process.argv.slice(2);
const { loadMicroPython } = await import(pathToFileURL(micropython));
const python = await loadMicroPython({ heapsize: 64 * 1024 * 1024, stdout: (line) => console.log(line) });
python.runPython(readFileSync(program, "utf8"));
