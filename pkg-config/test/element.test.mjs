// <token-leash> in a real browser: what it shows, what it blocks, who can use it, and that the manifest says so.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, serve } from "../browser.mjs";
import * as ssr from "../../pkg/element.js";

const pkg = fileURLToPath(new URL("../../pkg/", import.meta.url));
const axe = readFileSync(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const manifest = JSON.parse(readFileSync(`${pkg}custom-elements.json`, "utf8")).modules[0].declarations[0];
const page = (body) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>A prompt</title>
<meta name="color-scheme" content="light dark"><script type="module" src="/pkg/element.js"></script><main><h1>A prompt</h1>${body}</main></html>`;
const FORM = page(`<form action="/sent.html" method="get"><label for="prompt">Prompt</label><textarea id="prompt" name="prompt"></textarea>
<token-leash for="prompt" model="claude-opus-4-6" source-region="ap-southeast-6" profile="au" max-tokens="1000" tpm="6000"></token-leash><button>Send</button></form>`);
const POLICY = {
  "content-security-policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; form-action 'self'; " +
    "require-trusted-types-for 'script'; trusted-types 'none'",
};

let server, browser, tab;
before(async () => {
  server = await serve({ "/pkg/": pkg }, { pages: { "/form.html": FORM, "/sent.html": "<title>sent</title>" }, headers: POLICY });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  server?.close();
});

async function open(t, options = {}) {
  tab = await browser.newPage(options);
  const faults = [];
  tab.on("pageerror", (error) => faults.push(String(error)));
  tab.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  t.after(async () => {
    await tab.close();
    assert.deepEqual(faults, []);
  });
  await tab.goto(`${server.url}/form.html`);
  await tab.waitForFunction(() => customElements.get("token-leash"));
}
const part = (name) => tab.locator(`token-leash >> [part~="${name}"]`);
const shows = (name, text) => part(name).filter({ hasText: text }).waitFor({ timeout: 10_000 });

test("nothing happens where there is no DOM", () => {
  assert.equal(typeof ssr.TokenLeashElement, "function");
});

test("the manifest names what there is", async (t) => {
  assert.deepEqual(manifest.attributes.map(({ name }) => name).sort(), [...ssr.TokenLeashElement.observedAttributes].sort());
  await open(t);
  const parts = await tab.evaluate(() => [...document.querySelector("token-leash").shadowRoot.querySelectorAll("[part]")].flatMap((element) => [...element.part]));
  assert.deepEqual([...new Set(parts)].sort(), manifest.cssParts.map(({ name }) => name).sort());
  const style = await tab.evaluate(() => [...document.querySelector("token-leash").shadowRoot.adoptedStyleSheets[0].cssRules].map((rule) => rule.cssText).join());
  assert.deepEqual([...new Set(style.match(/--token-leash-[a-z]+/g))].sort(), manifest.cssProperties.map(({ name }) => name).sort());
  for (const { name } of manifest.members) assert.ok(await tab.evaluate((name) => name in document.querySelector("token-leash"), name), name);
});

test("it follows a field: tokens, both marks, verdict, advice, events", async (t) => {
  await open(t);
  await tab.evaluate(() => {
    window.heard = [];
    for (const type of ["budget-change", "budget-exceeded"]) document.addEventListener(type, (event) => window.heard.push([type, event.detail.input.tokens]));
  });
  await tab.fill("#prompt", "Kia ora! Who are you?");
  await shows("verdict", "fits");
  await shows("count", "tokens");
  const { input, quota } = await tab.evaluate(() => document.querySelector("token-leash").report);
  assert.equal(quota.settlement.worst, input.tokens + 5000);
  const gauge = part("gauge");
  assert.equal(await gauge.getAttribute("role"), "meter");
  assert.equal(await gauge.getAttribute("aria-valuemax"), "6000");
  assert.match(await gauge.getAttribute("aria-valuetext"), /of 6,000 tokens per minute, \d+ percent/);
  const at = async (name) => Number.parseFloat(await gauge.evaluate((gauge, name) => gauge.style.getPropertyValue(name), `--${name}`));
  assert.ok(Math.abs(await at("reservation") - (100 * quota.reservation) / 6000) < 0.01);
  assert.ok(Math.abs(await at("settlement") - (100 * quota.settlement.worst) / 6000) < 0.01);
  await tab.evaluate(() => document.querySelector("token-leash").setAttribute("max-tokens", "2000"));
  await shows("verdict", "does not fit");
  await shows("advice", "max_tokens");
  const heard = await tab.evaluate(() => window.heard);
  assert.deepEqual(heard.map(([type]) => type), ["budget-change", "budget-change", "budget-exceeded"]);
  // What changed is announced once nobody types.
  await tab.locator('token-leash >> [role="status"]').filter({ hasText: "does not fit" }).waitFor({ timeout: 5000 });
});

test("in block mode a form is not sent while its request does not fit", async (t) => {
  await open(t);
  await tab.evaluate(() => document.querySelector("token-leash").setAttribute("mode", "block"));
  await tab.evaluate(() => document.querySelector("token-leash").setAttribute("max-tokens", "5000"));
  await tab.fill("#prompt", "Kia ora!");
  await shows("verdict", "does not fit");
  assert.match(await tab.evaluate(() => document.querySelector("token-leash").validationMessage), /does not fit: over by/);
  assert.equal(await tab.evaluate(() => document.querySelector("form").checkValidity()), false);
  await tab.click("button");
  assert.match(tab.url(), /form\.html$/);
  assert.equal(await tab.evaluate(() => document.activeElement.localName), "token-leash");
  await tab.evaluate(() => document.querySelector("token-leash").setAttribute("max-tokens", "100"));
  await shows("verdict", "fits");
  await Promise.all([tab.waitForURL(/\/sent\.html\?prompt=/), tab.click("button")]);
});

test("properties set before the element is defined, whole requests, and faults", async (t) => {
  await open(t);
  await tab.evaluate(() => {
    const early = document.createElement("token-leash");
    early.request = { modelId: "anthropic.claude-opus-4-6-v1", messages: [{ role: "user", content: [{ text: "Hi" }] }] };
    document.querySelector("main").prepend(early);
  });
  await shows("verdict", "fits");
  assert.equal(await tab.evaluate(() => document.querySelector("token-leash").report.dialect), "converse");
  await tab.evaluate(() => (document.querySelector("token-leash").request = '{"messages": ['));
  await shows("verdict", "line 1");
  assert.equal(await tab.evaluate(() => document.querySelector("token-leash").error.code), "invalid-json");
  await tab.evaluate(() => (document.querySelector("token-leash").request = ""));
  await tab.waitForFunction(() => document.querySelector("token-leash").error === null);
});

test("with `full` the counts of OpenAI's models are their own", async (t) => {
  await open(t);
  await tab.fill("#prompt", "Kia ora! Who are you?");
  await tab.evaluate(() => document.querySelector("token-leash").setAttribute("model", "gpt-oss-120b"));
  await shows("count", "about");
  await tab.evaluate(() => document.querySelector("token-leash").setAttribute("full", ""));
  await tab.waitForFunction(() => document.querySelector("token-leash").report?.input.ownVocabulary, null, { timeout: 20_000 });
});

for (const colorScheme of ["light", "dark"]) {
  test(`nothing stands in anybody's way, ${colorScheme}`, async (t) => {
    await open(t, { colorScheme });
    await tab.fill("#prompt", "Kia ora!");
    await tab.evaluate(() => document.querySelector("token-leash").setAttribute("max-tokens", "5000"));
    await shows("verdict", "does not fit");
    await tab.evaluate(axe);
    const { violations } = await tab.evaluate(() => window.axe.run());
    assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
  });
}
