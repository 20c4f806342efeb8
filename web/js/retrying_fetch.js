// One way to ask for the site's files, for the page (boot.js) and for Python's worker (pyodide/loader.mjs): a host that
// is away or busy is asked again after growing pauses, a download that broke off goes on where it broke, a login page
// in place of a file is called that, and WebAssembly may be of any type. (docs/faults.md)
"use strict";
/**
 * {fetch, look, load} for the files below `site`.
 *
 * heard, all optional: again(file, tried, tries), read(file, bytes, done), failed(fault), and kept(file), which may give
 * a response when the network does not. A fault is {file, kind, why}; kind: "portal", "damaged" (its offline copy),
 * "type" (why: the type), or "lost".
 */
self.kobaiRetrying = (site, heard = {}) => {
  const WAITS = [300, 1000, 2000, 4000]; // ms between the tries for one file: a host may be away for seven seconds
  const BUSY = [408, 425, 429, 500, 502, 503, 504];
  const TYPES = [
    [/\.m?js$/, /^(text|application)\/(x-)?(java|ecma)script/i],
    [/\.css$/, /^text\/css/i],
  ];
  const plainFetch = self.fetch.bind(self);
  const pathOf = (file) => file.replace(/[?#].*$/, "");

  const pause = async (file, tried) => {
    heard.again?.(pathOf(file), tried + 1, WAITS.length);
    await new Promise((resolve) => setTimeout(resolve, WAITS[tried]));
  };

  /** The host's answer; throws when there is none after all tries. */
  const ask = async (file, input, options) => {
    for (let tried = 0; ; tried += 1) {
      let response, lost;
      try {
        // a damaged copy in the browser's own cache must not be met again
        response = await plainFetch(input, tried ? { ...options, cache: "reload" } : options);
      } catch (error) {
        lost = error;
        response = options?.signal?.aborted ? undefined : await heard.kept?.(pathOf(file));
      }
      if (response && (!BUSY.includes(response.status) || response.headers.has("kobai-fault"))) return response;
      if (tried === WAITS.length || options?.signal?.aborted) {
        if (response) return response;
        throw lost;
      }
      await pause(file, tried);
    }
  };

  /** What is wrong with this answer, or null. */
  const faultOf = (file, response) => {
    const path = pathOf(file);
    if (self.kobaiIsPortal(path, response)) return { file: path, kind: "portal", why: "text/html" };
    if (response.ok) return null;
    const kind = response.headers.get("kobai-fault") === "damaged" ? "damaged" : "lost";
    return { file: path, kind, why: `${response.status} ${response.statusText}` };
  };

  const validators = ({ headers }) => ({
    tag: headers.get("etag"),
    date: headers.get("last-modified"),
    size: headers.get("content-encoding") ? null : headers.get("content-length"),
  });
  class Changed extends Error {} // the host has another file now: two halves would not make one

  /** The rest of a file from this byte on: {reader, first}. All of it is asked for where the host knows no ranges. */
  const rest = async (input, options, start, was) => {
    const asked = { ...options, cache: "no-store" };
    if (was.size && ((was.tag && !was.tag.startsWith("W/")) || was.date)) {
      const headers = new Headers(options?.headers);
      headers.set("range", `bytes=${start}-`);
      const response = await plainFetch(input, { ...asked, headers });
      const now = validators(response);
      const same = was.tag && now.tag ? was.tag === now.tag : was.date && was.date === now.date;
      const range = `bytes ${start}-${was.size - 1}/${was.size}`;
      if (response.status === 206 && same && !response.headers.get("content-encoding")) {
        if (response.headers.get("content-range") === range) return { reader: response.body.getReader() };
      }
      if (response.status === 200) return skip(response, start, was);
      await response.body?.cancel();
    }
    return skip(await plainFetch(input, asked), start, was);
  };

  const skip = async (response, start, was) => {
    if (!response.ok || !response.body) throw new Error(`${response.status} ${response.statusText}`);
    const now = validators(response);
    const plainTag = (tag) => tag.replace(/^W\//, "");
    if (
      (was.tag && now.tag && plainTag(was.tag) !== plainTag(now.tag)) ||
      (was.date && now.date && was.date !== now.date) ||
      (was.size && now.size && was.size !== now.size)
    ) {
      throw new Changed("the file was changed while it arrived");
    }
    const reader = response.body.getReader();
    for (let left = start; left > 0; ) {
      const { done, value } = await reader.read();
      if (done) throw new Error("the file has become shorter");
      if (value.byteLength > left) return { reader, first: value.subarray(left) };
      left -= value.byteLength;
    }
    return { reader };
  };

  /** The body of an answer as it arrives; where it breaks off, it goes on. */
  const unbroken = (file, input, options, response) => {
    const path = pathOf(file);
    const was = validators(response);
    let reader = response.body.getReader();
    let bytes = 0;
    let tried = 0;
    let unwanted = false;
    const give = (controller, value) => {
      tried = 0; // it goes on: however often it breaks, the end will come
      bytes += value.byteLength;
      heard.read?.(path, bytes, false);
      controller.enqueue(value);
    };
    // at once, and not when somebody wants it: what has arrived and was not read is lost when the connection is
    const readAll = async (controller) => {
      for (;;) {
        try {
          if (!reader) {
            const { reader: next, first } = await rest(input, options, bytes, was);
            reader = next;
            if (first) give(controller, first);
          }
          const { done, value } = await reader.read();
          if (done) break;
          give(controller, value);
        } catch (error) {
          if (unwanted) return;
          if (options?.signal?.aborted) return controller.error(error);
          reader = null;
          if (tried === WAITS.length || error instanceof Changed) {
            heard.failed?.({ file: path, kind: "lost", why: String(error) });
            return controller.error(error);
          }
          await pause(file, tried);
          tried += 1;
        }
      }
      if (unwanted) return;
      heard.read?.(path, bytes, true);
      controller.close();
    };
    return new ReadableStream({
      start(controller) {
        readAll(controller);
      },
      cancel(reason) {
        unwanted = true;
        return reader?.cancel(reason);
      },
    });
  };

  const copyOf = (response, body, type) => {
    const { status, statusText, url } = response;
    const headers = new Headers(response.headers);
    if (type) headers.set("content-type", type);
    return Object.defineProperty(new Response(body, { status, statusText, headers }), "url", { value: url });
  };

  const once = async (file, input, options) => {
    let response;
    try {
      response = await ask(file, input, options);
    } catch (error) {
      heard.failed?.({ file: pathOf(file), kind: "lost", why: String(error) });
      throw error;
    }
    const fault = faultOf(file, response);
    if (fault) heard.failed?.(fault);
    if (fault?.kind === "portal") return new Response(null, { status: 511, statusText: "A login page came instead" });
    if (fault || !response.body) return response;
    const type = pathOf(file).endsWith(".wasm") ? "application/wasm" : null; // or it is not compiled as it arrives
    return copyOf(response, unbroken(file, input, options, response), type);
  };

  const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));

  /** A file whose SHA-256 is given. The browser would check it, too, but then knows nothing of what broke off. */
  const checked = async (file, input, { integrity, ...options }) => {
    for (const cache of [options.cache, "reload"]) {
      const response = await once(file, input, { ...options, cache });
      if (!response.ok) return response;
      const bytes = await response.arrayBuffer();
      if (integrity === `sha256-${base64(await crypto.subtle.digest("SHA-256", bytes))}`) return copyOf(response, bytes);
    }
    const why = "its SHA-256 is not the right one";
    heard.failed?.({ file: pathOf(file), kind: "lost", why });
    throw new TypeError(`${file}: ${why}`);
  };

  const fetchAgain = (input, options = {}) => {
    const request = input instanceof Request ? input : null;
    const url = new URL(request ? request.url : input, site).href;
    if (!url.startsWith(site) || (options.method ?? request?.method ?? "GET") !== "GET") return plainFetch(input, options);
    const file = url.slice(site.length);
    const canCheck = options.integrity?.startsWith("sha256-") && self.crypto?.subtle; // there only with https
    return (canCheck ? checked : once)(file, input, options);
  };

  /** What is wrong with a file that a script tag, an import or a style sheet could not use: a fault, or null. */
  const look = async (file) => {
    const path = pathOf(file);
    try {
      const response = await ask(file, site + file, { cache: "reload" });
      await response.body?.cancel();
      const type = response.headers.get("content-type") ?? "";
      const wrong = TYPES.some(([ending, types]) => ending.test(path) && !types.test(type));
      return faultOf(file, response) ?? (wrong ? { file: path, kind: "type", why: type } : null);
    } catch (error) {
      return { file: path, kind: "lost", why: String(error) };
    }
  };

  /** import() of a file, once more when it was lost on the way; under another name, for browsers remember failures. */
  const load = async (file) => {
    for (let tried = 0; ; tried += 1) {
      try {
        return await import(site + file + (tried ? `?again=${tried}` : ""));
      } catch (error) {
        const fault = await look(file);
        if (!fault && tried < 2) continue;
        heard.failed?.(fault ?? { file, kind: "lost", why: String(error) });
        throw error;
      }
    }
  };

  return { fetch: fetchAgain, look, load };
};
