// What this page cannot do without, asked before anything else, in words that browsers of 2010 read (ES5): in an
// old one the other scripts do not even parse. docs/browsers.md tells what needs which feature. The build puts it into
// the page itself: it notices when no other script comes.
"use strict";
(function () {
  // the smallest WebAssembly module with an exception in it; Pyodide is compiled to such instructions
  var EXCEPTION = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 8, 1, 6, 0, 6, 64, 25, 11, 11];

  // a browser that knows module workers reads the option, and makes no worker because reading it fails
  function moduleWorkers() {
    var read = false;
    var options = {
      get type() {
        read = true;
        throw new Error("read");
      },
    };
    try {
      new Worker("", options).terminate();
    } catch (error) {
      // as meant
    }
    return read;
  }

  function lacking() {
    var lacks = [];
    function need(name, there) {
      if (!there) lacks.push(name);
    }
    var wasm = typeof WebAssembly === "object" && typeof WebAssembly.validate === "function";
    need("WebAssembly", wasm);
    need("WebAssembly exceptions", !wasm || WebAssembly.validate(new Uint8Array(EXCEPTION)));
    need("JavaScript modules", "noModule" in document.createElement("script"));
    need("module workers", typeof Worker === "function" && moduleWorkers());
    var globals = ["BigInt64Array", "DecompressionStream", "FinalizationRegistry", "TransformStream", "WeakRef", "indexedDB", "structuredClone"];
    for (var i = 0; i < globals.length; i += 1) need(globals[i], typeof window[globals[i]] !== "undefined");
    return lacks;
  }

  function tell(features, details, portal) {
    var language = window.kobai ? window.kobai.language : /^ja/.test(navigator.language || "") ? "ja" : "en";
    var words = (window.kobaiMessages || {})[language] || {};
    function _(message) {
      return words[message] || message;
    }
    function add(parent, tag, text) {
      var element = document.createElement(tag);
      if (text) element.textContent = text;
      return parent.appendChild(element);
    }
    var told = document.createElement("div");
    told.id = "too-old";
    told.className = "problem";
    told.setAttribute("role", "alert");
    if (features.length) {
      var what = _("Kobai cannot run in this browser, because it lacks: {features}.");
      add(told, "p", what.replace("{features}", features.join(", ")));
      add(told, "p", _("Please use a current browser: Chrome or Edge 98, Firefox 114, Safari 16.4 (iOS 16.4), or any newer one. If yours is newer, the feature may be switched off in its settings."));
    } else {
      if (portal) add(told, "p", _("Instead of the file {file} a web page came, probably the login page of this network. Log in to the network, then try again.").replace("{file}", portal));
      else add(told, "p", _("The page could not start: a part of it could not be loaded. Check the connection, then try again."));
      add(told, "button", _("Try again")).onclick = function () {
        location.reload();
      };
    }
    var fold = add(told, "details");
    add(fold, "summary", _("Details"));
    add(fold, "pre", details);
    document.body.insertBefore(told, document.getElementById("problem"));
    var stalled = document.getElementById("stalled");
    if (stalled) document.body.removeChild(stalled);
  }

  // Scripts and style sheets that do not arrive, or not whole: not the browser's fault, and boot.js, which tells of later
  // ones, may be among them. Browsers ask for each once.
  var lost = [];
  function note(event) {
    var target = event.target;
    var file = target && (target.src || (target.rel === "stylesheet" && target.href));
    if (file) lost.push({ file: file, element: target, arrived: false });
    else if (event.filename) lost.push({ file: event.filename, element: null, arrived: true });
  }
  window.addEventListener("error", note, true);
  // boot.js notices what is lost later on
  window.kobaiLost = function () {
    window.removeEventListener("error", note, true);
    return lost;
  };

  // Load the page anew, at most twice until it is up; whether it does.
  window.kobaiReload = function () {
    try {
      var times = Number(sessionStorage.getItem("kobai-reloads"));
      if (times > 1) return false;
      sessionStorage.setItem("kobai-reloads", times + 1);
    } catch (error) {
      return false; // storage is forbidden: it might never end
    }
    location.reload();
    return true;
  };

  // Without boot.js: wait until the host has the file again, then load the page anew.
  var WAITS = [300, 1000, 2000, 4000]; // ms, as in retrying_fetch.js, which may be lost, too
  function askFor(part, tried) {
    var request = new XMLHttpRequest();
    request.open("GET", part.file);
    request.onloadend = function () {
      var isPage = /^text\/html/.test(request.getResponseHeader("Content-Type") || "");
      if (request.status === 511 || (request.status === 200 && isPage)) tell([], part.file, part.file);
      else if ((request.status === 0 || request.status >= 500) && tried < WAITS.length) {
        setTimeout(function () {
          askFor(part, tried + 1);
        }, WAITS[tried]);
      } else if (request.status !== 200 || part.arrived || !window.kobaiReload()) tell([], part.file);
    };
    request.send();
  }

  window.kobaiLacks = lacking();
  document.addEventListener("DOMContentLoaded", function () {
    // boot.js leaves window.kobai behind, if it arrives and the browser can read it
    var reads = typeof globalThis === "object" && typeof Promise === "function" && "allSettled" in Promise;
    var features = (reads ? [] : ["JavaScript ES2020"]).concat(window.kobaiLacks);
    if (features.length) tell(features, navigator.userAgent);
    else if (!window.kobai) askFor(lost[0] || { file: "js/boot.js", arrived: true }, 0);
  });
})();
