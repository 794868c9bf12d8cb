/**
 * Checks that minifying does not change the meaning of a script. rjsmin does not parse JavaScript, so
 * it could take a part of a template or of a regular expression for spaces.
 *
 *     node client-checks/compare-minified.js PYTHON
 *
 * PYTHON is the interpreter that runs packaging/client_bundle.py.
 */

import { parse } from "espree";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const OPTIONS = { ecmaVersion: "latest", sourceType: "module" };

/** The syntax tree without positions. @param {string} source */
function treeOf(source) {
  const ignored = new Set(["start", "end", "range", "loc", "raw"]);
  return JSON.stringify(parse(source, OPTIONS), (key, value) => {
    if (ignored.has(key)) return undefined;
    return value instanceof RegExp ? String(value) : value;
  });
}

const bundle = fileURLToPath(new URL("../packaging/client_bundle.py", import.meta.url));
/** @type {Record<string, [source: string, minified: string]>} */
const pairs = JSON.parse(execFileSync(process.argv[2], [bundle, "--pairs"], { encoding: "utf-8" }));
let failed = false;
for (const [path, [source, minified]] of Object.entries(pairs)) {
  if (treeOf(source) === treeOf(minified)) continue;
  failed = true;
  console.error(`${path}: the minified script has another meaning`);
}
process.exitCode = failed ? 1 : 0;
