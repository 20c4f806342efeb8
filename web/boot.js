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
  // Accessible names hold the English name too: tests, and voice control in either language, can say it.
  const name = (message) => (_(message) === message ? message : `${_(message)} (${message})`);

  const translate = () => {
    document.documentElement.lang = language;
    const each = (attribute, act) =>
      document.querySelectorAll(`[${attribute}]`).forEach((element) => {
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
    const linked = [...document.querySelectorAll("script[src], link[href]")].map((part) => part.src || part.href);
    const others = ["page.json", "python.json", "py/library.zip", "py/worker/main.py", "pyodide/loader.mjs"];
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

  // Until the page's own Python reports in, failures are told from here.
  let up = (window.kobaiLacks || []).length > 0; // old.js has told already: what fails now is a consequence
  const failed = (details) => {
    if (up) return;
    const say = () =>
      show(
        _("The page could not start: a part of it could not be loaded. Check the connection, then try again."),
        details,
      );
    document.readyState === "loading" ? addEventListener("DOMContentLoaded", say) : say();
  };
  addEventListener("error", (event) => failed(event.message || event.target?.src || event.target?.href || "?"), true);
  addEventListener("unhandledrejection", (event) => failed(String(event.reason?.stack || event.reason)));
  const watchdog = setTimeout(() => failed(_("No answer within 60 seconds.")), 60000);

  // PyScript says nothing when one of these is missing or damaged, and waits
  const check = async (file) => {
    const response = await fetch(file);
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    const text = await response.text();
    if (file.endsWith(".json")) JSON.parse(text);
  };
  for (const file of ["page.json", "python.json", "py/page/main.py"]) {
    check(file).catch((error) => failed(`${file}: ${error.message}`));
  }

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
    failed,
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
      performance.mark("kobai-interactive");
      clearTimeout(watchdog);
    },
  };
})();
