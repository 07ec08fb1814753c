import { readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

const BUDGET = 220_000;
const bytes = readFileSync(process.argv[2]);
const { room, count, memory } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;

const corpus = new URL("../corpus/chinese.txt", import.meta.url);
const text = readFileSync(corpus);
const address = room(text.length);
new Uint8Array(memory.buffer).set(text, address);
const counts = [0, 1, 2].map((family) => count(family));
if (counts.some((tokens) => tokens < text.length / 6 || text.length < tokens)) throw new Error(`it does not count: ${counts}`);

const packed = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;
console.log(`Claude engine and both vocabularies: ${bytes.length} bytes of wasm, ${packed} after brotli, at most ${BUDGET}; tokens ${counts.join(", ")}`);
if (BUDGET < packed) process.exit(1);
