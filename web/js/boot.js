// What must work before any Python does: the language of the static text, and a sentence when the start fails.
"use strict";
window.kobai = (() => {
  const messages = window.kobaiMessages || {};
  const asked = new URLSearchParams(location.search).get("lang");
  // storage may be forbidden: then nothing is recalled, and a choice holds for this visit only
  const recall = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const remember = (key, value) => {
    try {
      localStorage.setItem(key, value);
    } catch {
      // as said
    }
  };
  // the same for this tab alone
  const recallInTab = (key) => {
    try {
      return sessionStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const rememberInTab = (key, value) => {
    try {
      sessionStorage.setItem(key, value);
    } catch {
      // as said
    }
  };
  const known = (language) => (["ja", "en"].includes(language) ? language : null);
  const browsers = navigator.languages.some((l) => l.startsWith("ja")) ? "ja" : "en";
  let language = known(asked) || known(recall("kobai-language")) || browsers;

  const _ = (message) => messages[language]?.[message] || message;
  // no glimpse of another language, or of buttons without their words: what is seen then moves no more
  document.documentElement.classList.add("untranslated");
  // Accessible names hold the English name too: tests, and voice control in either language, can say it.
  const name = (message) => (_(message) === message ? message : `${_(message)} (${message})`);

  const translate = (root = document) => {
    document.documentElement.lang = language;
    if (root === document) document.documentElement.classList.remove("untranslated");
    const each = (attribute, act) =>
      root.querySelectorAll(`[${attribute}]`).forEach((element) => {
        if (!element.getAttribute(attribute)) element.setAttribute(attribute, element.textContent.trim());
        act(element, element.getAttribute(attribute));
      });
    each("data-t", (element, message) => (element.textContent = _(message)));
    each("data-t-label", (element, message) => element.setAttribute("aria-label", _(message)));
    each("data-t-region", (element, message) => element.setAttribute("aria-label", name(message)));
    each("data-t-button", (element, message) => {
      element.textContent = _(message);
      element.setAttribute("aria-label", name(message));
    });
    document.querySelectorAll("[data-language]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.language === language));
    });
  };

  const setLanguage = (chosen) => {
    language = known(chosen) || language;
    remember("kobai-language", language);
    const url = new URL(location.href);
    url.searchParams.set("lang", language);
    history.replaceState(history.state, "", url);
    translate();
  };

  // A reload alone would take damaged or outdated files from the browser's cache once more.
  const reloadAll = async () => {
    forgetReloads();
    const linked = [...document.querySelectorAll("script[src], link[href]")].map((part) => part.src || part.href);
    const others = ["py/library.zip", "py/worker/main.py", "pyodide/loader.mjs"];
    await Promise.allSettled([...linked, ...others].map((file) => fetch(file, { cache: "reload" })));
    location.reload();
  };

  // All that is kept, also where Python does not start; rejected while another tab uses it.
  const forgotten = (name) =>
    new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = resolve;
      request.onerror = request.onblocked = reject;
    });
  const forgetAll = () => Promise.all(["kobai", "IDBMap/@pyscript/kobai"].map(forgotten));

  const show = (sentence, details) => {
    const id = (i) => document.getElementById(i);
    id("problem-sentence").textContent = sentence;
    id("problem-details").textContent = details;
    id("problem-fold").hidden = !details;
    id("problem-close").hidden = true;
    id("problem-retry").hidden = false;
    id("problem-retry").onclick = reloadAll;
    id("problem").hidden = false;
  };

  const forgetReloads = () => {
    try {
      sessionStorage.removeItem("kobai-reloads"); // old.js counts them
    } catch {
      // as said
    }
  };

  // Until the page's own Python reports in, failures are told from here.
  let up = (window.kobaiLacks || []).length > 0; // old.js has told already: what fails now is a consequence
  const faults = []; // of files, as retrying_fetch.js has them
  const sentenceOf = ({ file, kind, why }) => {
    const sentence = {
      portal: _("Instead of the file {file} a web page came, probably the login page of this network. Log in to the network, then try again."),
      damaged: _("The copy of the file {file} in this browser is damaged, so it is not used, and it could not be fetched anew. Check the connection, then try again."),
      type: _("The server sends the file {file} as “{type}”, which browsers refuse. Whoever runs the server has to send .js and .mjs files as text/javascript, .css files as text/css."),
    }[kind];
    return sentence?.replace("{file}", () => file).replace("{type}", () => why || "?");
  };
  const failed = (details) => {
    if (up) return;
    const named = faults.find(({ kind }) => kind !== "lost");
    const say = () =>
      show(
        named
          ? sentenceOf(named)
          : _("The page could not start: a part of it could not be loaded. Check the connection, then try again."),
        details,
      );
    document.readyState === "loading" ? addEventListener("DOMContentLoaded", say) : say();
  };

  // All files that are fetched are asked for again where that may help; the loading line says so.
  let waiting = false;
  const files = self.kobaiRetrying?.(new URL("./", document.baseURI).href, {
    again(file, tried, tries) {
      const line = document.getElementById("loading-sentence");
      if (up || !line) return;
      waiting = true;
      const values = { file, tried, tries };
      line.textContent = _("The connection was lost at the file {file}: trying again, {tried} of {tries}.").replace(
        /{(\w+)}/g,
        (_field, field) => values[field],
      );
    },
    read() {
      if (!up && waiting) translate();
      waiting = false;
    },
    failed: (fault) => faults.push(fault),
  });
  if (files) window.fetch = files.fetch;
  const site = new URL("./", document.baseURI).href;
  const firstFault = async (addresses) => {
    const found = await Promise.all(addresses.map((address) => files?.look(address.replace(site, ""))));
    return found.find((fault) => fault) ?? null;
  };

  // What the browser itself asks for, it asks for once: wait until the host has it, then put it in again (a picture, a
  // style sheet) or load the page anew. parts: {file, element, arrived}; arrived: it came, and was of no use.
  const putInAgain = (element) => {
    if (!element || element.localName === "script" || "again" in element.dataset) return false;
    element.dataset.again = "";
    if (element.localName === "img") element.src += "";
    else element.replaceWith(element.cloneNode());
    return true;
  };
  const lost = async (parts) => {
    const fault = await firstFault([...new Set(parts.map(({ file }) => file))]);
    if (fault) {
      faults.push(fault);
      failed(`${fault.file}: ${fault.why}`);
      return;
    }
    const rest = parts.filter(({ element }) => !putInAgain(element));
    if (!rest.length || up) return; // mended, or done without
    if (rest.some(({ arrived }) => arrived) || !window.kobaiReload()) failed(rest.map(({ file }) => file).join("\n"));
  };
  const modules = () => {
    const found = document.querySelectorAll("script[type=module], link[rel=modulepreload]");
    return [...found].map((element) => ({ file: element.src || element.href, arrived: false }));
  };
  addEventListener(
    "error",
    ({ target, message, filename }) => {
      const isPart = target?.localName === "img" || target?.rel === "stylesheet";
      if ((up && !isPart) || /preload/.test(target?.rel)) return; // whoever needs what was to be loaded early asks again
      if (message) {
        failed(message);
        if (filename) lost([{ file: filename, arrived: true }]);
      } else if (target?.type === "module") lost(modules());
      else if (target?.localName === "script" || isPart) {
        lost([{ file: target.src || target.href, element: target, arrived: false }]);
      } else failed(target?.src || target?.href || "?");
    },
    true,
  );
  lost(window.kobaiLost());
  addEventListener("unhandledrejection", ({ reason }) => {
    const isModule = reason instanceof TypeError && /import|module/i.test(reason.message);
    if (isModule && !up) lost(modules());
    else failed(String(reason?.stack || reason));
  });
  const watchdog = setTimeout(() => failed(_("No answer within 60 seconds.")), 60000);

  // PyScript says nothing when this one is missing, and waits
  const check = async (file) => {
    const response = await fetch(file);
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    await response.text();
  };
  check("py/page/main.py").catch((error) => failed(`py/page/main.py: ${error.message}`));

  // all of index.html has arrived (which it does not say when the connection ends within)
  document.addEventListener("readystatechange", () => document.getElementById("stalled")?.remove());
  addEventListener("DOMContentLoaded", () => {
    translate();
    document.querySelectorAll("[data-language]").forEach((button) => {
      button.addEventListener("click", () => setLanguage(button.dataset.language));
    });
  });

  return {
    _,
    name,
    translate,
    failed,
    // what a worker loads before it can say anything; a fault, or null
    lookAtWorker: () => firstFault(["pyodide/loader.mjs", "js/trusted_types.js", "js/pyscript_databases.js", "js/offline_copy.js", "js/retrying_fetch.js"]),
    /** The sentence for a fault of a file that is named by its kind, or "" for one that was simply lost. */
    faultSentence: (file, kind, why) => sentenceOf({ file, kind, why }) ?? "",
    faultOf: (file) => faults.findLast((fault) => fault.file === file)?.kind ?? "lost",
    reloadAll,
    mixed(versions) {
      const sentence = _("This page was renewed while it loaded, and now consists of two versions. Press “Try again” to load it anew.");
      show(sentence, versions);
    },
    recall,
    remember,
    recallInTab,
    rememberInTab,
    forgetAll,
    get language() {
      return language;
    },
    pageIsUp() {
      up = true;
      forgetReloads();
      performance.mark("kobai-interactive");
      clearTimeout(watchdog);
    },
  };
})();
