// The built page in a real browser: it answers at once, equals the fixtures, and sends nothing.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { launch, serve } from "../serve.mjs";

const fixtures = new URL("../../tests/fixtures/requests/", import.meta.url);
let server, browser, page;
const faults = [];

before(async () => {
  server = await serve();
  browser = await launch();
  page = await browser.newPage();
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  await page.goto(server.url);
  await page.waitForSelector("#verdict");
});

after(async () => {
  await browser?.close();
  server?.close();
});

/** Types a request and settings, and gives the report the page shows. */
async function report(request, options) {
  const fields = {
    model: options.model ?? "",
    maxTokens: options.maxTokens ?? "",
    tpm: options.limits?.tpm ?? "",
    usedTpm: options.limits?.usedTpm ?? "",
    sourceRegion: options.sourceRegion ?? "",
  };
  for (const [name, value] of Object.entries(fields)) await page.fill(`[name=${name}]`, String(value));
  await page.selectOption("[name=profile]", options.profile ?? "");
  await page.fill("#request", request);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return JSON.parse(await page.textContent("#json"));
}

const FIELDS = ["model", "maxTokens", "limits", "profile", "sourceRegion"];
for (const name of readdirSync(fixtures)) {
  const read = (file) => readFileSync(new URL(`${name}/${file}`, fixtures), "utf8");
  const options = JSON.parse(read("options.json"));
  const shown = Object.keys(options).every((key) => FIELDS.includes(key))
    && Object.keys(options.limits ?? {}).every((key) => ["tpm", "usedTpm"].includes(key));
  // The first version of the page has no field for the other settings.
  if (!shown) continue;
  test(`the page's report of ${name}`, async () => {
    assert.deepEqual(await report(read("request"), options), JSON.parse(read("report.json")));
  });
}

test("a broken request says where", async () => {
  await page.fill("#request", '{"messages": [}');
  await page.waitForSelector("[data-code=invalid-json]");
  assert.match(await page.textContent("[data-code=invalid-json]"), /line 1, column 15/);
});

test("advice for a request over quota", async () => {
  const request = JSON.stringify({
    modelId: "anthropic.claude-opus-4-6-v1",
    messages: [{ role: "user", content: [{ text: "Kia ora" }] }],
    inferenceConfig: { maxTokens: 2000 },
  });
  const shown = await report(request, { limits: { tpm: 6000 } });
  assert.equal(shown.fits, false);
  assert.match(await page.textContent("#verdict"), /Does not fit/);
  const { maxTokens } = shown.advice.find((advice) => advice.code === "cap-max-tokens");
  assert.equal((await report(request, { maxTokens, limits: { tpm: 6000 } })).fits, true);
});

test("nothing is sent after the page has loaded, and nothing breaks its policy", async () => {
  const sent = [];
  page.on("request", (request) => sent.push(request.url()));
  await page.context().setOffline(true);
  assert.equal((await report("Kia ora", { model: "claude-opus-4-6" })).dialect, "text");
  await page.context().setOffline(false);
  assert.deepEqual(sent, []);
  assert.deepEqual(faults, []);
});
