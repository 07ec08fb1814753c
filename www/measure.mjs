/**
 * Key to paint, beside the way of tiktokenizer on the same text in the same run: a textarea, every token
 * counted anew and one span for each of them at every key. `node www/measure.mjs [keys]`.
 *
 * Needs the built package and page. "key to paint" is the browser's own Event Timing: from the key to the
 * frame that shows it, in steps of 8 ms, and 16 is the least it tells. "to next task" runs from the event's
 * time stamp to the first task after that frame, so it holds the wait for the frame and the painting too.
 */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { launch, send } from "./serve.mjs";
import { settled, write } from "./e2e/page.mjs";

const keys = Number(process.argv[2] ?? 40);
const MODEL = "anthropic.claude-opus-4-6-v1";
const root = fileURLToPath(new URL("../", import.meta.url));

/** The peer: no policy, no framework, the counting of this project, which is the faster one. */
const PEER = `<!doctype html><textarea id="t" rows="20" cols="100"></textarea><pre id="p" style="white-space:pre-wrap"></pre>
<script type="module">
import { Document, init } from "/pkg/index.js";
await init();
const [area, pre] = [document.querySelector("#t"), document.querySelector("#p")];
const hues = ["#dfeafb", "#e2f3dc", "#fdeccb", "#f9dfe6", "#e9e2f9"];
// As React does with keys by index: a span that is there already gets its new text where it differs.
area.oninput = () => {
  const text = area.value;
  const counted = new Document(text, "${MODEL}");
  let start = 0, index = 0;
  for (const end of counted.tokenEnds(0, text.length)) {
    const token = text.slice(start, end);
    const span = pre.children[index] ?? pre.appendChild(document.createElement("span"));
    if (span.textContent !== token) span.textContent = token;
    span.style.background = hues[index++ % 5];
    start = end;
  }
  while (pre.children.length > index) pre.lastChild.remove();
  counted.free();
};
window.ready = true;
</script>`;

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  if (pathname === "/peer.html") return response.writeHead(200, { "content-type": "text/html" }).end(PEER);
  if (pathname.startsWith("/pkg/")) return send(join(root, pathname), response);
  return send(join(root, "www/dist", pathname === "/" ? "index.html" : pathname), response);
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const url = `http://127.0.0.1:${server.address().port}/`;

/** Prose, code and JSON of this repository, cut to a number of tokens. */
function corpus() {
  const files = ["README.md", "ARCHITECTURE.md", "tests/fixtures/fit-request.json", ...readdirSync(join(root, "src")).filter((name) => name.endsWith(".rs")).map((name) => `src/${name}`)];
  return files.map((name) => readFileSync(join(root, name), "utf8")).join("\n\n");
}

async function openBrowserPage(path) {
  const browser = await launch();
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await page.addInitScript(() => {
    window.times = [];
    window.longTasks = [];
    new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
    // The keys by their number; those that took less than 16 ms are not told of.
    window.paints = new Map();
    new PerformanceObserver((list) => {
      for (const { interactionId, duration } of list.getEntries()) {
        if (interactionId) window.paints.set(interactionId, Math.max(duration, window.paints.get(interactionId) ?? 0));
      }
    }).observe({ type: "event", durationThreshold: 16 });
    addEventListener("keydown", (event) => {
      const began = event.timeStamp;
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => window.times.push(performance.now() - began);
        port2.postMessage(0);
      });
    }, true);
  });
  await page.goto(url + path);
  return { browser, page };
}

/** Types in the middle of the text, as a person at speed does. */
async function type(page, count, pause) {
  await page.evaluate(() => {
    window.times.length = 0;
    window.paints.clear();
    window.longTasks.length = 0;
  });
  for (let key = 0; key < count; key += 1) {
    await page.keyboard.press("abcdefghij klmno"[key % 16] === " " ? "Space" : "abcdefghij klmno"[key % 16]);
    await page.waitForTimeout(pause);
  }
  await page.waitForFunction((count) => window.times.length >= count, count, { timeout: 110_000 });
  await page.waitForTimeout(300);
  return page.evaluate((count) => {
    const told = [...window.paints.values()];
    const paints = [...told, ...Array(Math.max(0, count - told.length)).fill(16)];
    return { paints, times: window.times, longTasks: window.longTasks };
  }, count);
}

function row(name, { paints, times, longTasks }) {
  const [paint, task] = [paints, times].map((figures) => {
    const sorted = figures.sort((one, other) => one - other);
    return { p50: sorted[Math.floor(sorted.length / 2)], max: sorted.at(-1) };
  });
  const figure = (number) => `${number.toFixed(0).padStart(6)} ms`;
  console.log([name.padEnd(50), ...[paint.p50, paint.max, task.p50, task.max].map(figure), String(longTasks.length).padStart(10)].join(" "));
  return { ...paint, longTasks: longTasks.length };
}

/** A text of so many tokens: the corpus again and again, cut where the last of them ends. */
async function textOf(page, wanted) {
  return page.evaluate(
    async ({ corpus, wanted, model }) => {
      const { Document, init } = await import("/pkg/index.js");
      await init();
      const counted = new Document(corpus, model);
      const times = Math.ceil(wanted / counted.total) + 1;
      const text = corpus.repeat(times);
      const long = new Document(text, model);
      const end = long.tokenEnds(0, text.length)[wanted - 1];
      const cut = text.slice(0, end);
      const total = new Document(cut, model).total;
      return { cut, total };
    },
    { corpus: corpus(), wanted, model: MODEL },
  );
}

const made = await openBrowserPage("peer.html");
const hundred = await textOf(made.page, 100_000);
const million = await textOf(made.page, 1_000_000);
await made.browser.close();
assert.ok(Math.abs(hundred.total - 100_000) < 10 && Math.abs(million.total - 1_000_000) < 10, "the texts are as long as they are said to be");
/** The same words as the messages of a request, a thousand characters each. */
const turns = hundred.cut.match(/[\s\S]{1,1000}/g).map((text, index) => ({ role: index % 2 === 0 ? "user" : "assistant", content: [{ text }] }));
const request = JSON.stringify({ modelId: MODEL, messages: turns.slice(0, turns.length - 1 + (turns.length % 2)) }, null, 2);
const texts = [
  ["100 k tokens", hundred.cut, true],
  ["1 M tokens", million.cut, false],
  ["100 k tokens in one line", hundred.cut.replaceAll("\n", " "), false],
  ["100 k tokens as a request of messages", request, false],
];

console.log(`${keys} keys in the middle of the text                  key to paint        to next task`);
console.log(["".padEnd(50), "p50".padStart(9), "max".padStart(9), "p50".padStart(9), "max".padStart(9), "long tasks"].join(" "));
const figures = {};
for (const [name, text, beside] of texts) {
  const { browser, page } = await openBrowserPage("");
  await page.waitForSelector("#verdict:not([data-state=loading])");
  const began = Date.now();
  await write(page, text);
  const pasted = Date.now() - began;
  // Into the middle, and in a request into the words of its message.
  const at = text === request ? text.indexOf(" ", text.indexOf('"text": "', text.length / 2) + 20) : Math.floor(text.length / 2);
  await page.evaluate((at) => document.querySelector("prompt-editor").reveal(at, at), at);
  await page.waitForTimeout(500);
  figures[name] = row(`tokenleash, ${name}`, await type(page, keys, 90));
  await settled(page);
  const shown = Number((await page.textContent("#input")).replaceAll(",", ""));
  assert.ok(shown > 90_000, `the page counted ${shown}`);
  console.log(`  report ${pasted} ms after the paste, ${shown.toLocaleString("en")} tokens after the keys`);
  await browser.close();
  if (!beside) continue;
  const peer = await openBrowserPage("peer.html");
  await peer.page.waitForFunction(() => window.ready);
  await peer.page.evaluate((text) => {
    const area = document.querySelector("#t");
    area.value = text;
    area.oninput();
    area.focus();
    area.setSelectionRange(text.length / 2, text.length / 2);
  }, text);
  await peer.page.waitForTimeout(1000);
  const other = row(`tiktokenizer's way, ${name}`, await type(peer.page, Math.min(keys, 12), 90));
  console.log(`  ${(other.p50 / figures[name].p50).toFixed(0)} times as long`);
  await peer.browser.close();
}
server.close();

const held = [
  ["100 k tokens", 16, 50, 0],
  ["1 M tokens", 16, Infinity, Infinity],
  ["100 k tokens in one line", 32, Infinity, Infinity],
  ["100 k tokens as a request of messages", 32, 50, 0],
].every(([name, p50, max, longTasks]) => figures[name].p50 <= p50 && figures[name].max <= max && figures[name].longTasks <= longTasks);
console.log(`${held ? "held" : "NOT held"}: p50 within one frame (one line, a request: two), no long task at 100 k`);
process.exitCode = held ? 0 : 1;
