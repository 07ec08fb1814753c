// The first count of a fresh process: compiling the module, then counting. Prints milliseconds.
import { readFileSync } from "node:fs";
import { countTokens, initFrom } from "../../pkg/index.js";

const bytes = readFileSync(new URL("../../pkg/core_bg.wasm", import.meta.url));
const start = performance.now();
const module = new WebAssembly.Module(bytes);
const compiled = performance.now();
initFrom(module);
const { tokens } = countTokens("The first count.", { model: "claude-opus-4-6" });
if (tokens !== 4) throw new Error(`${tokens} tokens`);
console.log(compiled - start, performance.now() - start);
