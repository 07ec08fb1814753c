// What a browser loads, raw and after brotli 11, in kB of 1,000 bytes; fails over budget. Peers beside it where
// benches/node is installed (`scripts/bench` does).
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { buildSync } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const pkg = join(dirname(here), "pkg");
const peers = join(dirname(here), "benches", "node", "node_modules");

/** A module with all it imports statically, as a bundler makes it for production. */
const bundle = (source, external = []) =>
  buildSync({
    stdin: { contents: source, resolveDir: dirname(pkg) }, bundle: true, minify: true, format: "esm", target: "es2022", write: false,
    external: ["*full-url.js", ...external], nodePaths: [peers], logLevel: "error",
  }).outputFiles[0].contents;
const file = (name) => readFileSync(join(pkg, name));
const packed = (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;
/** A core as the build packed it for Node. */
const core = (name) => ({ raw: file(`${name}_bg.wasm`).length, brotli: readFileSync(join(here, "build", `${name}.wasm.br`)).length });
const script = (bytes) => ({ raw: bytes.length, brotli: packed(bytes) });
const kB = (bytes) => (bytes / 1000).toFixed(1).padStart(8);
const row = (name, raw, brotli, rest) => console.log(`${name.padEnd(34)} ${kB(raw)} ${kB(brotli)}  ${rest}`);

const facade = script(bundle(`export * from "./pkg/index.js"`));
const both = script(bundle(`export * from "./pkg/index.js"; export * from "./pkg/element.js"`));
const rows = [
  ["core", core("core"), 350_000],
  ["glue and facade", facade, 10_000],
  ["<token-leash> beside them", { raw: both.raw - facade.raw, brotli: both.brotli - facade.brotli }, 4_000],
  // 1.9 MB; the half a percent is what a build may differ by between machines.
  ["full core, when asked for", core("full"), 1_900_000],
];
let over = 0;
console.log(`${"".padEnd(34)} ${"raw kB".padStart(8)} ${"brotli".padStart(8)}  budget`);
for (const [name, { raw, brotli }, budget] of rows) {
  const fits = brotli <= budget;
  if (!fits) over += 1;
  row(name, raw, brotli, `${kB(budget).trim()}${fits ? "" : "  OVER"}`);
}

if (existsSync(peers)) {
  console.log("\npeers: what a page that counts o200k loads");
  const vocabularies = [
    ["gpt-tokenizer o200k", `export { countTokens } from "gpt-tokenizer/encoding/o200k_base"`],
    ["js-tiktoken lite, o200k", `export { Tiktoken } from "js-tiktoken/lite"; export { default as ranks } from "js-tiktoken/ranks/o200k_base"`],
    ["ai-tokenizer o200k", `export { default } from "ai-tokenizer"; export * from "ai-tokenizer/encoding/o200k_base"`],
    ["ai-tokenizer claude", `export { default } from "ai-tokenizer"; export * from "ai-tokenizer/encoding/claude"`],
  ];
  for (const [name, source] of vocabularies) {
    const bytes = bundle(source);
    row(name, bytes.length, packed(bytes), "");
  }
}
const files = readdirSync(pkg, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const unpacked = files.reduce((sum, entry) => sum + readFileSync(join(entry.parentPath, entry.name)).length, 0);
console.log(`\nthe package unpacked: ${kB(unpacked).trim()} kB in ${files.length} files`);
process.exitCode = over === 0 ? 0 : 1;
