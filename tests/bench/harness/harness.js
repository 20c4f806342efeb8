// Each contestant computes in a worker of its own, as the page's Python does; this page only carries the questions.
"use strict";
window.bench = (() => {
  const workers = {};

  const ask = (name, method, ...args) =>
    new Promise((resolve, reject) => {
      const worker = workers[name];
      worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.value));
      worker.onerror = (event) => reject(new Error(event.message || `${name} could not start`));
      worker.postMessage({ method, args });
    });

  const start = (name, url, options, ...args) => {
    workers[name] = new Worker(url, options);
    return ask(name, "start", ...args);
  };

  return { start, ask };
})();
