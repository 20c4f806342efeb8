// Python for the learner's own code: a worker of its own, so that no reader's code runs where networks are kept and
// saved. Of what belongs to this origin it can reach the files of the site, and nothing else. (docs/security.md)
// The page's side is py/page/worker_link/user_worker.py, which makes this worker from a blob: so it has the page's policy.
self.kobaiOwnCode = true; // loader.mjs then asks for nothing that only the page's Python needs
const { loadPyodide } = await import(`./loader.mjs${new URL(import.meta.url).search}`);
const site = new URL("../", import.meta.url).href;

// The origin's storage, its other workers and tabs; and what makes a worker, in which all of this would be back
const DOORS = [
  [
    self,
    "indexedDB caches cookieStore Worker SharedWorker BroadcastChannel Notification " +
      "webkitRequestFileSystem webkitRequestFileSystemSync " +
      "webkitResolveLocalFileSystemURL webkitResolveLocalFileSystemSyncURL",
  ],
  [self.navigator, "locks storage storageBuckets serviceWorker"],
];
const closeDoors = () => {
  for (const [object, names] of DOORS) {
    for (const name of names.split(" ")) {
      for (let owner = object; owner; owner = Object.getPrototypeOf(owner)) Reflect.deleteProperty(owner, name);
      if (name in object) throw new Error(`${name} cannot be closed`); // then no code is run here
    }
  }
};

try {
  const pyodide = await loadPyodide({ indexURL: new URL("./", import.meta.url).href });
  await pyodide.loadPackage("numpy");
  const library = await self.fetch(`${site}py/library.zip`);
  pyodide.unpackArchive(await library.arrayBuffer(), "zip");
  const python = pyodide.pyimport("worker.user_main");
  closeDoors();
  self.addEventListener("message", async ({ data: [answer, ...call] }) => {
    try {
      self.postMessage({ answer, reply: await python.call(...call) });
    } catch (error) {
      self.postMessage({ answer, failed: String(error) });
    }
  });
  self.postMessage({ kobai: { ready: true } });
} catch (error) {
  self.postMessage({ kobai: { failed: "pyodide/own.mjs", why: String(error) } });
}
