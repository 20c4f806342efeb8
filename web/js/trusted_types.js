// Where the browser has Trusted Types, no text becomes markup or a script here, in the page and in its worker,
// but for the one function that PyScript puts together from its own text at each start. (docs/security.md)
"use strict";
if (self.trustedTypes && !self.trustedTypes.defaultPolicy) {
  // of the pinned @pyscript/core; tests/page/test_security.py fails when another version makes another text
  const made =
    "(w,x)=>(async(e,t,...n)=>{for(const r of n)await r(e,t)})(w,x,...[({interpreter:e})=>{" +
    'e.registerJsModule("_pyscript",{fs:{ERROR:"storage permissions not granted",NAMESPACE:"@pyscript.fs"},interpreter:e})}])';
  const known = ["return" + made, "'use strict';return (" + made + ")"].flatMap((body) => {
    const asked = `function anonymous(\n) {\n${body}\n}`;
    return [asked, `(${asked})`]; // as Firefox asks, as Chromium asks
  });
  const NO_SCRIPT = "data:text/javascript,"; // by it Pyodide finds out what kind of worker it is in
  const ownFolder = self.document ? new URL("./", document.baseURI).href : null; // a worker loads no scripts by address
  trustedTypes.createPolicy("default", {
    createHTML: () => null,
    createScript: (text) => (known.includes(text) ? text : null),
    createScriptURL: (address) => {
      if (!ownFolder) return address === NO_SCRIPT ? address : null;
      const url = new URL(address, ownFolder).href;
      return url.startsWith(ownFolder) || url.startsWith(`blob:${location.origin}/`) ? address : null;
    },
  });
}
