// Speed in Chromium: from navigation with a cold cache to the first answer, beside other tokenizers in the same
// run; what a check and an edit cost. Needs the packages of benches/node (`scripts/bench` installs them).
//
//     node measure.mjs        median of 9 loads each
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { launch, serve } from "./browser.mjs";

const LOADS = 9;
const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const REQUEST = { modelId: "anthropic.claude-opus-4-6-v1", messages: [{ role: "user", content: [{ text: "Kia ora! Who are you?" }] }] };
// Each page counts the same text and says when, in milliseconds after the navigation began.
const ANSWER = "const done = (answer) => { document.title = `${performance.now()} ${answer}`; };";
const PAGES = {
  tokenleash: `import { check, init } from "./pkg/index.js"; ${ANSWER}
    init().then(() => done(check(${JSON.stringify(REQUEST)}).input.tokens));`,
  "gpt-tokenizer": `import { countTokens } from "gpt-tokenizer/encoding/o200k_base"; ${ANSWER} done(countTokens("Kia ora! Who are you?"));`,
  "js-tiktoken": `import { Tiktoken } from "js-tiktoken/lite"; import ranks from "js-tiktoken/ranks/o200k_base"; ${ANSWER}
    done(new Tiktoken(ranks).encode("Kia ora! Who are you?").length);`,
};
const COSTS = `import { Document, check, init } from "./pkg/index.js";
  const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
  window.costs = async (request, text, edits) => {
    await init();
    const options = { model: "claude-opus-4-6" };
    const checks = [];
    let report;
    for (let run = 0; run < 60; run += 1) {
      const began = performance.now();
      report = JSON.stringify(check(request, options));
      checks.push(performance.now() - began);
    }
    const document = new Document(text, options.model);
    const tokens = document.total;
    const began = performance.now();
    for (let edit = 0; edit < edits; edit += 1) document.edit((edit * 7919) % (document.length - 9), (edit * 7919) % (document.length - 9) + (edit % 2), "x");
    const each = (performance.now() - began) / edits;
    return { first: checks[0], check: median(checks), tokens, each, parts: JSON.parse(report).input.parts.length };
  };`;

const bundled = (contents) =>
  buildSync({ stdin: { contents, resolveDir: root }, bundle: true, minify: true, format: "esm", target: "es2022", write: false, external: ["*full-url.js"], nodePaths: [join(root, "benches", "node", "node_modules")] })
    .outputFiles[0].text;
const pages = {};
for (const [name, source] of Object.entries({ ...PAGES, costs: COSTS })) {
  pages[`/${name}/main.js`] = bundled(source);
  pages[`/${name}/index.html`] = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="main.js"></script>`;
}
pages["/tokenleash/core_bg.wasm"] = pages["/costs/core_bg.wasm"] = readFileSync(join(root, "pkg", "core_bg.wasm"));
const server = await serve({}, { pages, brotli: true });
const browser = await launch();
const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

/** Milliseconds to the answer, with nothing in the cache. */
async function load(name, slow) {
  const context = await browser.newContext();
  const page = await context.newPage();
  if (slow) {
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 });
    await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  }
  await page.goto(`${server.url}/${name}/`, { waitUntil: "commit" });
  await page.waitForFunction(() => document.title, null, { timeout: 120_000 });
  const [milliseconds, answer] = (await page.title()).split(" ").map(Number);
  assert.ok(0 < answer && answer < 40, `${name} answers ${answer}`);
  await context.close();
  return milliseconds;
}

try {
  for (const name of Object.keys(PAGES)) await load(name, false);
  for (const [title, slow, loads] of [["no throttle", false, LOADS], ["1.6 Mbit/s, 150 ms, CPU x4", true, LOADS]]) {
    console.log(`navigation to first answer, cold cache, ${title}, median of ${loads}:`);
    const times = Object.fromEntries(Object.keys(PAGES).map((name) => [name, []]));
    for (let run = 0; run < loads; run += 1) for (const name of Object.keys(PAGES)) times[name].push(await load(name, slow));
    const ours = median(times.tokenleash);
    for (const [name, all] of Object.entries(times)) {
      console.log(`  ${name.padEnd(16)} ${median(all).toFixed(0).padStart(6)} ms  ${(median(all) / ours).toFixed(1)} x  (${Math.min(...all).toFixed(0)} to ${Math.max(...all).toFixed(0)})`);
    }
  }
  const words = "The quota is reserved when a request is admitted, and settled when it is done. ";
  const messages = Array.from({ length: 100 }, (_, index) => ({ role: index % 2 ? "assistant" : "user", content: [{ text: `${index}: ${words.repeat(3)}` }] }));
  const inputSchema = { json: { type: "object", properties: { city: { type: "string", description: "The city" }, days: { type: "integer" } }, required: ["city"] } };
  const tools = Array.from({ length: 10 }, (_, index) => ({ toolSpec: { name: `tool_${index}`, description: words, inputSchema } }));
  const request = JSON.stringify({ messages: messages, toolConfig: { tools }, inferenceConfig: { maxTokens: 1000 } });
  const page = await browser.newPage();
  await page.goto(`${server.url}/costs/`);
  await page.waitForFunction(() => window.costs);
  const text = readFileSync(join(root, "README.md"), "utf8").repeat(40).slice(0, 330_000);
  const costs = await page.evaluate(([request, text]) => window.costs(request, text, 3000), [request, text]);
  console.log(`check of ${costs.parts} parts (100 messages, 10 tools), JSON in and out: ${costs.check.toFixed(2)} ms (first ${costs.first.toFixed(1)})`);
  console.log(`an edit of a document of ${costs.tokens} tokens: ${costs.each.toFixed(4)} ms`);
} finally {
  await browser.close();
  server.close();
}
