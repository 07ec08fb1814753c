// Speed of the npm package beside other tokenizers, in one run on one machine: the ratios are what
// counts.
//
//     node bench.mjs FOLDER          everything; FOLDER is what `tokenleash-bench --write` wrote
//     node bench.mjs FOLDER --test   answers only, no timing
//
// Before anything is timed, our counts must be the known ones and the peers' must be each other's.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { countTokens as anthropic } from "@anthropic-ai/tokenizer";
import AiTokenizer from "ai-tokenizer";
import * as aiO200k from "ai-tokenizer/encoding/o200k_base";
import { countTokens as gpt } from "gpt-tokenizer/encoding/o200k_base";
import { Tiktoken as JsTiktoken } from "js-tiktoken/lite";
import jsO200k from "js-tiktoken/ranks/o200k_base";
import { get_encoding } from "tiktoken";
import { Document, countTokens, initFrom } from "../../pkg/index.js";

const V3 = "claude-opus-4-6";
const V47 = "claude-opus-4-7";
const O200K = "gpt-4o";
const ADVERSARIAL = new Set([
  "one letter", "spaces", "newlines", "combining marks", "alternating case", "digits", "hexadecimal", "letters at random", "mixed", "rulers", "decomposed",
]);
// Peers are quadratic in some of the inputs that are made to be slow; they get this much of them.
const SAMPLE = 4 * 1024;

const folder = process.argv[2];
const known = JSON.parse(readFileSync(new URL("../corpus/counts.json", import.meta.url), "utf8"));
initFrom(readFileSync(new URL("../../pkg/full_bg.wasm", import.meta.url)));

const ours = (model) => (text) => countTokens(text, { model }).tokens;
const ai = new AiTokenizer(aiO200k);
const js = new JsTiktoken(jsO200k);
const wasm = get_encoding("o200k_base");
const peers = {
  "gpt-tokenizer": (text) => gpt(text),
  "ai-tokenizer": (text) => ai.count(text),
  "js-tiktoken": (text) => js.encode(text, [], []).length,
  tiktoken: (text) => wasm.encode_ordinary(text).length,
  anthropic: (text) => anthropic(text),
};

const corpora = Object.keys(known).map((name) => {
  const text = readFileSync(join(folder, `${name}.txt`), "utf8");
  return { name, text, sample: ADVERSARIAL.has(name) ? text.slice(0, SAMPLE) : text };
});

for (const { name, text, sample } of corpora) {
  const counts = [ours(V3)(text), ours(V47)(text)];
  const expected = [known[name].v3, known[name].v47];
  if (String(counts) !== String(expected)) throw new Error(`${name}: ${counts}, known are ${expected}`);
  const o200k = ours(O200K)(sample);
  for (const peer of ["tiktoken", "gpt-tokenizer", "js-tiktoken", "ai-tokenizer"]) {
    const count = peers[peer](sample);
    // A peer that differs is named: its speed is that of another answer.
    if (count !== o200k) console.log(`${name}: ${peer} counts ${count}, o200k has ${o200k}`);
    if (count !== o200k && peer === "tiktoken") throw new Error(`${name}: our o200k is not tiktoken's`);
  }
}
if (process.argv.includes("--test")) process.exit(0);

/**
 * Megabytes per second of each [text, work], the best of its passes: at least three, in 700 ms. They take turns, so
 * that what else the machine does hits all of them alike; long ones, so that each clears away its own garbage.
 */
function speeds(jobs) {
  const runs = jobs.map(([text, work]) => ({ text, work, bytes: Buffer.byteLength(text), best: Infinity, spent: 0, passes: 0 }));
  const goesOn = (run) => run.passes < 3 || run.spent < 700;
  while (runs.some(goesOn)) {
    for (const run of runs) {
      const turn = performance.now();
      while (goesOn(run) && performance.now() - turn < 250) {
        const start = performance.now();
        run.work(run.text);
        const time = performance.now() - start;
        run.best = Math.min(run.best, time);
        run.spent += time;
        run.passes += 1;
      }
    }
  }
  return runs.map((run) => run.bytes / run.best / 1e3);
}

const cell = (value, width = 9) => (typeof value === "number" ? value.toFixed(1) : value).padStart(width);
console.log(`\nMB/s, warm; x: ours (Claude v3) to gpt-tokenizer. * ${SAMPLE / 1024} kB only for the peers and o200k.\n`);
console.log("corpus".padEnd(18), ...["v3", "v4.7", "o200k"].map((name) => cell(name)), ...Object.keys(peers).map((name) => cell(name, 14)), cell("x"));
const prose = corpora.find(({ name }) => name === "English").text;
for (const { name, text, sample } of corpora) {
  const others = Object.values(peers).map((peer) => [sample, peer]);
  const [v3, v47, o200k, ...theirs] = speeds([[text, ours(V3)], [text, ours(V47)], [sample, ours(O200K)], ...others]);
  const star = sample === text ? "" : "*";
  console.log(name.padEnd(18), cell(v3), cell(v47), cell(o200k), ...theirs.map((speed) => cell(speed.toFixed(1) + star, 14)), cell((v3 / theirs[0]).toFixed(2)));
  if (!star) continue;
  const times = [V3, V47].map((model) => speeds([[prose, ours(model)], [text, ours(model)]])).map(([plain, odd]) => plain / odd);
  console.log(" ".repeat(18), cell(Math.max(...times).toFixed(2)), "times the cost of prose per byte");
}

const first = fileURLToPath(new URL("first.mjs", import.meta.url));
const runs = Array.from({ length: 31 }, () => execFileSync(process.execPath, [first], { encoding: "utf8" }).split(" ").map(Number));
console.log("\nstart-up, 31 fresh processes, ms: median, best");
for (const [at, name] of [[0, "compiling the module"], [1, "to the first Claude count"]]) {
  const times = runs.map((run) => run[at]).sort((a, b) => a - b);
  console.log(name.padEnd(34), cell(times[15].toFixed(2)), cell(times[0].toFixed(2)));
}

console.log("\nan edit of a Document, µs\n");
console.log(" ".repeat(34), cell("model"), cell("tokens"), cell("p50"), cell("p99"), cell("open ms"));
const text = (name) => corpora.find((corpus) => corpus.name === name).text;
for (const [name, unit] of [["prose", text("English")], ["Rust", text("Rust")], ["prose in one line", text("English").replaceAll("\n", " ")]]) {
  for (const model of [V3, O200K]) {
    for (const tokens of [100_000, 1_000_000]) {
      const each = ours(model)(unit);
      row(name, model, unit.repeat(Math.floor(tokens / each)) + unit.slice(0, Math.floor((unit.length * (tokens % each)) / each)));
    }
  }
}

function row(name, model, text) {
  const start = performance.now();
  const document = new Document(text, model);
  const open = performance.now() - start;
  const tokens = document.total;
  const keys = ["e", " ", "a", "\n", "T", "7", ".", "(x)"];
  const times = [];
  let seed = 12345;
  for (let round = 0; round < 4000; round++) {
    // A person types some characters at one place, then goes elsewhere.
    if (round % 8 === 0) seed = (seed * 1103515245 + 12345) % 2147483648;
    const at = seed % document.length;
    const key = keys[round % 8];
    for (const [from, to, insert] of [[at, at, key], [at, at + key.length, ""]]) {
      const start = performance.now();
      document.edit(from, to, insert);
      times.push((performance.now() - start) * 1e3);
    }
  }
  if (document.total !== ours(model)(document.text)) throw new Error(`${name}: the document counts otherwise`);
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor(times.length * share)];
  console.log(name.padEnd(34), cell(model === V3 ? "v3" : "o200k"), cell(String(tokens)), cell(at(0.5)), cell(at(0.99)), cell(open));
  document.free();
}
