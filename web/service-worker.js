// Kobai without a network: keeps the files of the site in this browser and answers with them. (docs/offline.md)
//
// One cache holds files by their path and SHA-256, so two versions share what they have in common and nothing is
// copied. A version is a manifest (offline.json) that says which hash each path has in it. Whoever asks for a file,
// a tab or its worker, is bound to the version it was loaded with and never gets a file of another one.
"use strict";

const VERSION = "{{version}}"; // of the site this worker came with; the build fills both in
const MANIFEST_SHA256 = "{{manifest}}";
const SCOPE = self.registration.scope;
const STORE = `kobai ${new URL(SCOPE).pathname}`; // other projects may share the origin: no other cache is touched
const AT_ONCE = 4; // files on their way at the same time
const BORN = 10 * 60 * 1000; // ms in which a tab that is still loading is not taken for a closed one

const bound = new Map(); // client id -> version; the cache has the same, for a worker that was stopped and forgot
const manifests = new Map(); // version -> manifest
let stopper = new AbortController(); // of the fetching that the learner asked for
let arriving = false; // this worker is of a newer version than the one in use
let fetching = Promise.resolve(); // one after the other

// --- The store

const store = () => caches.open(STORE);
const keyOf = (path, file) => `${SCOPE}${path}?sha256=${file.sha256}`;
const manifestKey = (version) => `${SCOPE}offline.json?version=${version}`;
const clientKey = (id) => `${SCOPE}?client=${id}`;

const sha256 = async (bytes) => {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

/** Whether these are the file's bytes; some hosts unpack .gz files on the way, and that is as good. */
const isRight = async (bytes, file) => [file.sha256, file.unpacked].includes(await sha256(bytes));

/** The file as it was kept, or null when it is not there or not what it should be. */
const fromStore = async (path, file) => {
  const kept = await (await store()).match(keyOf(path, file));
  if (!kept) return null;
  const bytes = await kept.arrayBuffer().catch(() => new ArrayBuffer(0));
  return (await isRight(bytes, file)) ? new Response(bytes, { headers: kept.headers }) : null;
};

/** Keep bytes that were checked; the host's own headers go with them (type, policies). */
const put = async (path, file, bytes, hostsHeaders) => {
  const headers = new Headers(hostsHeaders);
  headers.delete("content-encoding"); // the bytes are unpacked already
  headers.set("content-length", bytes.byteLength);
  await (await store()).put(keyOf(path, file), new Response(bytes, { headers }));
};

const manifestOf = async (version) => {
  if (!manifests.has(version)) {
    const kept = await (await store()).match(manifestKey(version));
    let text = kept && (await kept.text());
    if (version === VERSION && (!text || (await sha256(new TextEncoder().encode(text))) !== MANIFEST_SHA256)) {
      const { bytes } = await download("offline.json", { sha256: MANIFEST_SHA256 });
      text = new TextDecoder().decode(bytes);
      await (await store()).put(manifestKey(version), new Response(text));
    }
    if (!text) return null;
    manifests.set(version, JSON.parse(text));
  }
  return manifests.get(version);
};

// --- Fetching

class Wrong extends Error {} // what arrived is not the file of this version

/** {bytes, headers} of a file, checked. The browser's own cache will do, if its copy is the right one. */
const download = async (path, file, signal, count = () => {}) => {
  for (const cache of ["force-cache", "reload"]) {
    const response = await fetch(SCOPE + path, { cache, signal, credentials: "same-origin" });
    if (!response.ok) {
      if (cache === "force-cache") continue; // browsers keep a 404, too
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
    if (await isRight(bytes, file)) return { bytes, headers: response.headers };
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
      if (await fromStore(path, file)) {
        count(file.bytes);
      } else {
        const { bytes, headers } = await download(path, file, signal, count);
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

const boundTo = async (id) => {
  if (!bound.has(id)) {
    const kept = await (await store()).match(clientKey(id));
    if (!kept) return null;
    bound.set(id, (await kept.json()).version);
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
  // Python's worker asks first for the file that index.html names, python.json?of=VERSION.json
  const said = new URL(request.url).searchParams.get("of")?.replace(/\.json$/, "");
  if (said && (await manifestOf(said).catch(() => null))) {
    await bind(clientId, said);
    return said;
  }
  return null;
};

// --- Answering

const CHANGED = { status: 503, statusText: "Changed by a new version: reload the page" };

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
const streamed = async (path, file) => {
  const response = await fetch(SCOPE + path, { cache: "no-cache", credentials: "same-origin" });
  if (!response.ok) return response;
  const chunks = [];
  const checked = new TransformStream({
    transform(chunk, controller) {
      chunks.push(chunk);
      controller.enqueue(chunk);
    },
    async flush(controller) {
      const bytes = await new Blob(chunks).arrayBuffer();
      if (!(await isRight(bytes, file))) {
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
  const kept = await fromStore(path, file);
  if (kept) return part(request, kept);
  if (file.group !== "core" && !request.headers.has("range")) return streamed(path, file);
  const { bytes, headers } = await download(path, file);
  await put(path, file, bytes, headers).catch(() => {});
  return part(request, new Response(bytes, { headers }));
};

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET" || !event.request.url.startsWith(SCOPE)) return;
  event.respondWith(
    answer(event).catch((error) => (error instanceof Wrong ? new Response(null, CHANGED) : Response.error())),
  );
});

// --- A version's life: fetched whole or not at all, in use when the learner says so, gone when no tab has it

/** The groups beyond the core that an earlier version had: the learner keeps them. */
const groupsBefore = async () => {
  const cache = await store();
  const keys = new Set((await cache.keys()).map(({ url }) => url));
  const groups = new Set(["core"]);
  for (const key of keys) {
    if (!key.startsWith(manifestKey(""))) continue;
    const { files } = await (await cache.match(key)).json();
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
    const { version, since } = await (await cache.match(key)).json();
    if ((await clients.get(id)) || Date.now() - since < BORN) {
      used.add(version);
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
    await caches.delete(STORE);
    await tellAll({ say: "removed" });
  },
};

self.addEventListener("message", (event) => {
  const message = JSON.parse(event.data);
  if (Object.hasOwn(heard, message.say)) event.waitUntil(heard[message.say](message, event.source));
});
