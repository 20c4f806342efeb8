// Kobai without a network: keeps the files of the site in this browser and answers with them. (docs/offline.md)
//
// One cache holds files by their path and SHA-256, so two versions share what they have in common and nothing is
// copied. A version is a manifest (offline.json) that says which hash each path has in it. Whoever asks for a file,
// a tab or its worker, is bound to the version it was loaded with and never gets a file of another one.
"use strict";

// {{offline_copy.js}}: the build puts that file in here, for a service worker is to arrive as one

const VERSION = "{{version}}"; // of the site this worker came with; the build fills it in
const SCOPE = self.registration.scope;
const copy = self.kobaiCopy(SCOPE);
const { store, keyOf, manifestKey } = copy;
const AT_ONCE = 4; // files on their way at the same time
const BORN = 10 * 60 * 1000; // ms in which a tab that is still loading is not taken for a closed one

const bound = new Map(); // client id -> version; the cache has the same, for a worker that was stopped and forgot
const manifests = new Map(); // version -> manifest
let stopper = new AbortController(); // of the fetching that the learner asked for
let arriving = false; // this worker is of a newer version than the one in use
let fetching = Promise.resolve(); // one after the other

// --- The store

const clientKey = (id) => `${SCOPE}?client=${id}`;

/** Keep bytes that were checked; the host's own headers go with them (type, policies). */
const put = async (path, file, bytes, hostsHeaders) => {
  const headers = new Headers(hostsHeaders);
  headers.delete("content-encoding"); // the bytes are unpacked already
  headers.set("content-length", bytes.byteLength);
  await (await store()).put(keyOf(path, file), new Response(bytes, { headers }));
};

const manifestOf = async (version) => {
  if (!manifests.has(version)) {
    let manifest = await copy.keptManifest(version);
    if (!manifest && version === VERSION) {
      const { bytes } = await download("offline.json", (some) => copy.manifestFrom(decode(some), version));
      const text = decode(bytes);
      await (await store()).put(manifestKey(version), new Response(text));
      manifest = JSON.parse(text);
    }
    if (!manifest) return null;
    manifests.set(version, manifest);
  }
  return manifests.get(version);
};

// --- Fetching

class Wrong extends Error {} // what arrived is not the file of this version
class Portal extends Error {} // a login page of the network came instead

const decode = (bytes) => new TextDecoder().decode(bytes);
const isFile = (file, version) => (bytes) => copy.isRight(bytes, file, version);

/** {bytes, headers} of a file for which isRight(bytes). The browser's own cache will do, if its copy is the right one. */
const download = async (path, isRight, signal, count = () => {}) => {
  for (const cache of ["force-cache", "reload"]) {
    const response = await fetch(SCOPE + path, { cache, signal, credentials: "same-origin" });
    const isPortal = self.kobaiIsPortal(path, response);
    if (!response.ok || isPortal) {
      if (cache === "force-cache") continue; // browsers keep a 404, too
      if (isPortal) throw new Portal(`${path}: ${response.headers.get("content-type")}`);
      throw new Wrong(`${path}: ${response.status} ${response.statusText}`);
    }
    const chunks = [];
    let size = 0;
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.byteLength;
      count(value.byteLength);
    }
    const bytes = await new Blob(chunks).arrayBuffer();
    if (await isRight(bytes)) return { bytes, headers: response.headers };
    count(-size);
  }
  throw new Wrong(`${path}: its SHA-256 is not the one of version ${VERSION}`);
};

/** Have every file of these groups, fetching what lacks or is damaged; tells how far it is. */
const keep = async (groups, signal) => {
  const { files } = await manifestOf(VERSION);
  const wanted = Object.entries(files).filter(([, file]) => groups.includes(file.group));
  const all = wanted.reduce((sum, [, file]) => sum + file.bytes, 0);
  let done = 0;
  let told = 0;
  const count = (bytes) => {
    done += bytes;
    if (Date.now() - told < 100) return;
    told = Date.now();
    tellAll({ say: "progress", done, all });
  };
  const waiting = wanted.values();
  const one = async () => {
    for (const [path, file] of waiting) {
      signal?.throwIfAborted();
      if ((await copy.read(path, file, VERSION)).response) {
        count(file.bytes);
      } else {
        const { bytes, headers } = await download(path, isFile(file, VERSION), signal, count);
        await put(path, file, bytes, headers);
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, one)); // all at rest before it is told
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
};

const whyFailed = (error) => {
  if (error.name === "AbortError") return "stopped";
  if (error.name === "QuotaExceededError") return "full";
  if (error instanceof Portal) return "portal";
  return error instanceof Wrong ? "wrong" : "network";
};

/** keep(), with its end told to the tabs; rethrows. */
const keepAndTell = async (groups, signal) => {
  try {
    await keep(groups, signal);
    tellAll(await state());
  } catch (error) {
    await state().then(tellAll, () => {}); // without a manifest there is nothing to count
    tellAll({ say: "failed", why: whyFailed(error), details: String(error) });
    throw error;
  }
};

// --- Which version an asker has

const bind = async (id, version) => {
  if (bound.get(id) === version) return;
  bound.set(id, version);
  await (await store()).put(clientKey(id), new Response(JSON.stringify({ version, since: Date.now() })));
};

/** {version, since} of a tab or worker as it was kept, or null; an entry that is none is removed. */
const bondAt = async (key) => {
  const cache = await store();
  const kept = await cache.match(key);
  const bond = await kept?.json().catch(() => null);
  if (typeof bond?.version === "string" && Number.isFinite(bond.since)) return bond;
  if (kept) await cache.delete(key);
  return null;
};

const boundTo = async (id) => {
  if (!bound.has(id)) {
    const bond = await bondAt(clientKey(id));
    if (!bond) return null;
    bound.set(id, bond.version);
  }
  return bound.get(id);
};

const tabs = () => clients.matchAll({ type: "window", includeUncontrolled: true });

const versionFor = async ({ request, clientId, resultingClientId }) => {
  if (request.mode === "navigate") {
    await bind(resultingClientId, VERSION);
    return VERSION;
  }
  const known = await boundTo(clientId);
  if (known) return known;
  // Python's worker asks first for the file that index.html names, pyodide/loader.mjs?of=VERSION.mjs
  const said = new URL(request.url).searchParams.get("of")?.replace(/\.mjs$/, "");
  if (said && (await manifestOf(said).catch(() => null))) {
    await bind(clientId, said);
    return said;
  }
  return null;
};

// --- Answering

const CHANGED = {
  status: 503,
  statusText: "Changed by a new version: reload the page",
  headers: { "kobai-fault": "changed" },
};
const LOGIN = { status: 511, statusText: "A login page came instead" };

/** The answer in place of the page itself, when its copy is damaged and there is no network. */
const damagedPage = () => {
  const page = `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Kobai 勾配</title>
<style>body { font: 1rem/1.7 system-ui, sans-serif; margin: 3rem auto; max-width: 40rem; padding: 0 1rem; }</style>
<h1>Kobai 勾配</h1>
<p lang="ja">このブラウザに保存されたページのファイルが壊れているため、使いません。ネットワークに接続して、<a href="">再読み込み</a>してください。学習したネットワークは消えていません。</p>
<p lang="en">The copy of this page that your browser keeps is damaged, so it is not used. Connect to the network, then <a href="">reload</a>. Your networks are still there.</p>`;
  return new Response(page, { status: 503, headers: { "content-type": "text/html; charset=utf-8" } });
};

/** The part of a file that a Range header asks for, or all of it. */
const part = async (request, response) => {
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("range") ?? "");
  if (!range || range[0] === "bytes=-") return response;
  const bytes = await response.arrayBuffer();
  const size = bytes.byteLength;
  const first = range[1] ? Number(range[1]) : Math.max(0, size - Number(range[2]));
  const last = range[1] && range[2] ? Math.min(Number(range[2]), size - 1) : size - 1;
  const headers = new Headers(response.headers);
  if (first > last) {
    headers.set("content-range", `bytes */${size}`);
    return new Response(null, { status: 416, headers });
  }
  headers.set("content-range", `bytes ${first}-${last}/${size}`);
  headers.set("content-length", last - first + 1);
  return new Response(bytes.slice(first, last + 1), { status: 206, headers });
};

/** A large file as it arrives, so that its progress is seen; the last moment fails if it was the wrong file. */
const streamed = async (path, file, version) => {
  const response = await fetch(SCOPE + path, { cache: "no-cache", credentials: "same-origin" });
  if (!response.ok || self.kobaiIsPortal(path, response)) return response;
  const chunks = [];
  const checked = new TransformStream({
    transform(chunk, controller) {
      chunks.push(chunk);
      controller.enqueue(chunk);
    },
    async flush(controller) {
      const bytes = await new Blob(chunks).arrayBuffer();
      if (!(await copy.isRight(bytes, file, version))) {
        controller.error(new TypeError(`${path}: its SHA-256 is not the right one`));
        return;
      }
      await put(path, file, bytes, response.headers).catch(() => {}); // no room: it is used, and not kept
      tellAll(await state());
    },
  });
  return new Response(response.body.pipeThrough(checked), { headers: response.headers });
};

const answer = async (event) => {
  const { request } = event;
  const version = await versionFor(event);
  if (!version) return fetch(request); // a tab loaded without this worker goes on without it
  const manifest = await manifestOf(version);
  if (!manifest) return new Response(null, CHANGED);
  const path = new URL(request.url).href.slice(SCOPE.length).replace(/[?#].*$/, "") || "index.html";
  const file = manifest.files[path];
  if (!file) return fetch(request);
  const kept = await copy.read(path, file, version);
  if (kept.response) return part(request, kept.response);
  try {
    if (file.group !== "core" && !request.headers.has("range")) return await streamed(path, file, version);
    const { bytes, headers } = await download(path, isFile(file, version));
    await put(path, file, bytes, headers).catch(() => {});
    return part(request, new Response(bytes, { headers }));
  } catch (error) {
    if (error instanceof Portal && request.mode === "navigate") return fetch(request); // where one can log in
    if (error instanceof Wrong || error instanceof Portal || !kept.damaged) throw error;
    return request.mode === "navigate" ? damagedPage() : copy.damaged();
  }
};

const refusal = (error) => {
  if (error instanceof Wrong) return new Response(null, CHANGED);
  return error instanceof Portal ? new Response(null, LOGIN) : Response.error();
};

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET" || !event.request.url.startsWith(SCOPE)) return;
  event.respondWith(answer(event).catch(refusal));
});

// --- A version's life: fetched whole or not at all, in use when the learner says so, gone when no tab has it

/** The groups beyond the core that an earlier version had: the learner keeps them. */
const groupsBefore = async () => {
  const cache = await store();
  const keys = new Set((await cache.keys()).map(({ url }) => url));
  const groups = new Set(["core"]);
  for (const key of keys) {
    if (!key.startsWith(manifestKey(""))) continue;
    const manifest = await copy.keptManifest(key.slice(manifestKey("").length));
    if (!manifest) continue; // damaged: nothing is known of that version any more
    const { files } = manifest;
    for (const group of new Set(Object.values(files).map((file) => file.group))) {
      const members = Object.entries(files).filter(([, file]) => file.group === group);
      if (members.every(([path, file]) => keys.has(keyOf(path, file)))) groups.add(group);
    }
  }
  return [...groups];
};

/** Remove what no version in use has: only from the store of this site, and not while another one arrives. */
const tidy = async () => {
  const cache = await store();
  const keys = (await cache.keys()).map(({ url }) => url);
  const used = new Set([VERSION]);
  for (const key of keys.filter((each) => each.startsWith(clientKey("")))) {
    const id = key.slice(clientKey("").length);
    const bond = await bondAt(key);
    if (bond && ((await clients.get(id)) || Date.now() - bond.since < BORN)) {
      used.add(bond.version);
    } else {
      bound.delete(id);
      await cache.delete(key);
    }
  }
  if (self.registration.installing || self.registration.waiting) return;
  const wanted = new Set();
  for (const version of used) {
    const manifest = await manifestOf(version);
    if (!manifest) continue;
    wanted.add(manifestKey(version));
    for (const [path, file] of Object.entries(manifest.files)) wanted.add(keyOf(path, file));
  }
  for (const key of keys) if (!wanted.has(key) && !key.startsWith(clientKey(""))) await cache.delete(key);
};

self.addEventListener("install", (event) => {
  arriving = Boolean(self.registration.active);
  event.waitUntil(groupsBefore().then((groups) => keepAndTell(groups)));
});

self.addEventListener("activate", (event) => {
  arriving = false;
  event.waitUntil(tidy());
});

// --- What the page says and hears, as JSON text

const tellAll = async (message) => {
  for (const tab of await tabs()) {
    if (tab.url.startsWith(SCOPE)) tab.postMessage(JSON.stringify({ version: VERSION, arriving, ...message }));
  }
};

/** What is kept of this version: for each group its bytes and how many of them are here. */
const state = async () => {
  const keys = new Set((await (await store()).keys()).map(({ url }) => url));
  const groups = {};
  for (const [path, file] of Object.entries((await manifestOf(VERSION)).files)) {
    groups[file.group] ??= { bytes: 0, kept: 0 };
    const group = groups[file.group];
    group.bytes += file.bytes;
    if (keys.has(keyOf(path, file))) group.kept += file.bytes;
  }
  return { say: "state", groups };
};

const heard = {
  /** A tab tells its version; one that was loaded from the network is served from here on, if it is of this one. */
  async hello({ version }, tab) {
    if (version === VERSION) {
      await bind(tab.id, version);
      await clients.claim();
    }
    await tidy();
    tab.postMessage(JSON.stringify({ version: VERSION, arriving, ...(await state()) }));
  },
  async keep({ groups }) {
    if (stopper.signal.aborted) stopper = new AbortController();
    const { signal } = stopper;
    fetching = fetching.then(() => keepAndTell(groups, signal)).catch(() => {});
    await fetching;
  },
  async stop() {
    stopper.abort();
  },
  async awake() {}, // a browser stops a worker that hears nothing for half a minute
  async update() {
    await self.skipWaiting();
  },
  async remove() {
    stopper.abort();
    await fetching;
    bound.clear();
    manifests.clear();
    await caches.delete(copy.STORE);
    await tellAll({ say: "removed" });
  },
};

self.addEventListener("message", (event) => {
  const message = JSON.parse(event.data);
  if (Object.hasOwn(heard, message.say)) event.waitUntil(heard[message.say](message, event.source));
});
