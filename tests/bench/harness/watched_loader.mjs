// Stands in for the site's own loader where the memory is measured: it keeps Pyodide where the bench finds it.
import { loadPyodide as load, version } from "./loader-as-built.mjs";

const loadPyodide = async (options) => (self.benchPyodide = await load(options));

export { loadPyodide, version };
