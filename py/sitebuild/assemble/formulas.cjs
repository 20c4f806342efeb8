// Node's part of formulas.py: {"temml": path, "formulas": [{"tex", "block"}]} in, [{"mathml"} or {"error"}] out.
"use strict";
const { readFileSync, writeFileSync } = require("node:fs");
const { temml: path, formulas } = JSON.parse(readFileSync(0, "utf8"));
const temml = require(path);
const options = {
  throwOnError: true,
  trust: (context) => context.command === "\\data",
  macros: { "\\var": "\\data{variable=#1}{#2}" },
};
const typeset = ({ tex, block }) => {
  try {
    return { mathml: temml.renderToString(tex, { ...options, displayMode: block }) };
  } catch (error) {
    return { error: error.message };
  }
};
writeFileSync(1, JSON.stringify(formulas.map(typeset)));
