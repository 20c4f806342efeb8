// The offline copy, as every reader reads it: nothing comes out of it whose SHA-256 is not that of its version. A script
// of Python's worker, and a part of service-worker.js, into which the build copies it. (docs/offline.md)
"use strict";
self.kobaiCopy = (site) => {
  const STORE = `kobai ${new URL(site).pathname}`; // other projects may share the origin: no other cache is touched
  const MARK = "{{" + "version}}"; // in parts, for the build writes the version where the whole word stands

  const store = () => caches.open(STORE);
  const keyOf = (path, file) => `${site}${path}?sha256=${file.sha256}`;
  const manifestKey = (version) => `${site}offline.json?version=${version}`;

  const sha256 = async (bytes) => {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  const bytesOf = (text) => new TextEncoder().encode(text);

  /** Whether these are the file's bytes; some hosts unpack .gz files on the way, and that is as good. */
  const isRight = async (bytes, file, version) => {
    // a file that names the version cannot be hashed into it: hashed is what it was before
    const plain = file.stamped ? bytesOf(new TextDecoder().decode(bytes).replaceAll(version, MARK)) : bytes;
    return [file.sha256, file.unpacked].includes(await sha256(plain));
  };

  /** The manifest that this text is; null where it is not the one of the version, whose name is its hash. */
  const manifestFrom = async (text, version) => {
    try {
      const manifest = JSON.parse(text);
      const hash = await sha256(bytesOf(JSON.stringify(manifest.files)));
      return version.length === 32 && hash.startsWith(version) ? manifest : null;
    } catch {
      return null; // cut short, or no manifest at all
    }
  };

  const keptManifest = async (version) => {
    const kept = await (await store()).match(manifestKey(version));
    return kept ? manifestFrom(await kept.text().catch(() => ""), version) : null;
  };

  /** {response} with the file as it was kept; {damaged: true} where it is not what it should be; or {}. */
  const read = async (path, file, version) => {
    const kept = await (await store()).match(keyOf(path, file));
    if (!kept) return {};
    const bytes = await kept.arrayBuffer().catch(() => new ArrayBuffer(0));
    return (await isRight(bytes, file, version))
      ? { response: new Response(bytes, { headers: kept.headers }) }
      : { damaged: true };
  };

  /** The answer in place of a damaged copy that could not be fetched anew. */
  const damaged = () =>
    new Response(null, {
      status: 503,
      statusText: "The copy in this browser is damaged",
      headers: { "kobai-fault": "damaged" },
    });

  /** A file for a worker that is not served by the service worker, or undefined when it is not kept. */
  const answer = async (path, version) => {
    try {
      const { files } = await keptManifest(version);
      const found = await read(path, files[path], version);
      return found.damaged ? damaged() : found.response;
    } catch {
      return undefined; // no offline copy, or the browser forbids to look
    }
  };

  return { store, STORE, keyOf, manifestKey, sha256, isRight, manifestFrom, keptManifest, read, damaged, answer };
};

/** Whether a web page came in place of another file: the login page of a network, as a rule. */
self.kobaiIsPortal = (path, response) =>
  response.status === 511 ||
  (response.ok && /^text\/html/i.test(response.headers.get("content-type")) && !/(^|\/|\.html?)$/.test(path));
