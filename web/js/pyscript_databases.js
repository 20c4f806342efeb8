// PyScript opens two databases for things that this page does not use (a cache of packages, and mounted folders) and
// does not start where the browser forbids databases. Here it is given empty ones that are nowhere; what the learner
// makes goes through py/worker/storage/indexed_db.py, which tells of a refusal. In the page and in its worker. (docs/storage.md)
"use strict";
{
  const UNUSED = /^IDBMap\/(@pyscript\.fs$|.*\/pyodide@)/;
  const answer = (result) => {
    const request = { result };
    setTimeout(() => request.onsuccess?.({ target: request }), 0);
    return request;
  };
  const objectStore = () => ({
    getAllKeys: () => answer([]),
    get: () => answer(undefined),
    put: () => answer(undefined),
    delete: () => answer(undefined),
    clear: () => answer(undefined),
  });
  const nowhere = { transaction: () => ({ objectStore }), close() {} };
  let own;
  try {
    own = self.indexedDB;
  } catch {
    // forbidden: even asking is
  }
  const open = own?.open?.bind(own);
  const opening = (name, ...version) => {
    if (UNUSED.test(name)) return answer(nowhere);
    if (!open) throw new DOMException("There are no databases.", "NotSupportedError");
    return open(name, ...version);
  };
  if (own) Object.defineProperty(own, "open", { value: opening, configurable: true });
  else Object.defineProperty(self, "indexedDB", { value: { open: opening }, configurable: true });
}
