// Where the prompt may be processed, as the page shows it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openPage, openPanel, settled, write } from "./page.mjs";

let opened, page;
before(async () => {
  opened = await openPage();
  page = opened.page;
  await write(page, JSON.stringify({ modelId: "anthropic.claude-opus-4-6-v1", messages: [{ role: "user", content: [{ text: "Kia ora" }] }], inferenceConfig: { maxTokens: 100 } }));
  await openPanel(page, "route");
});
after(async () => assert.deepEqual(await opened.close(), []));

const choose = async (choices) => {
  for (const [name, value] of Object.entries(choices)) await page.selectOption(`#panel-route [name=${name}]`, value);
  await settled(page);
  await page.waitForSelector("#route[data-current=true]");
};
const mayRun = () =>
  page.locator(".map [data-may-run=true]").evaluateAll((marks) => marks.map((mark) => mark.dataset.region));

test("from Auckland by au: three Regions, nowhere else, and it stays", async () => {
  await choose({ sourceRegion: "ap-southeast-6", profile: "au", residency: "anz" });
  assert.match(await page.textContent("#route-verdict"), /Processed in Sydney, Melbourne or Auckland\. It stays/);
  assert.deepEqual(await mayRun(), ["ap-southeast-2", "ap-southeast-4", "ap-southeast-6"]);
  assert.match(await page.getAttribute(".map", "aria-label"), /Elsewhere: nowhere/);
});

test("from Sydney by au: two Regions", async () => {
  await choose({ sourceRegion: "ap-southeast-2" });
  assert.deepEqual(await mayRun(), ["ap-southeast-2", "ap-southeast-4"]);
});

test("by global: it may leave, the answer above says so, and a click takes the way that stays", async () => {
  await choose({ sourceRegion: "ap-southeast-6", profile: "global" });
  assert.equal(await page.textContent("#route-verdict"), "It may leave.");
  assert.ok((await mayRun()).includes("elsewhere"));
  assert.match(await page.textContent("#headline"), /Does not fit/);
  await page.click("#route button:has-text(\"by au\")");
  await page.waitForSelector("#route-verdict[data-allowed=true]");
  assert.equal(await page.inputValue("#panel-route [name=profile]"), "au");
});

test("the policy is the core's, for the account that is given, and can be copied", async () => {
  await page.fill("[aria-label='Account, twelve digits']", "210987654321");
  await page.waitForFunction(() => document.querySelector("#policy-text").textContent.includes("210987654321"));
  await page.click("text=Copy policy");
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  assert.deepEqual(copied.Statement.map(({ Sid }) => Sid), ["UseInferenceProfile", "InvokeAnthropicClaudeOpus46V1ByProfile"]);
  await page.selectOption("[aria-label='Which policy']", "scp-regions");
  await page.waitForFunction(() => document.querySelector("#policy-text").textContent.includes("DenyBedrockElsewhere"));
  await page.selectOption("[aria-label='Which policy']", "identity");
  await page.fill("[aria-label='Account, twelve digits']", "12");
  await page.waitForSelector("[aria-label='Account, twelve digits'][aria-invalid=true]");
});

test("a profile that is not offered there says what is", async () => {
  await write(page, JSON.stringify({ modelId: "anthropic.claude-opus-4-8", messages: [{ role: "user", content: [{ text: "Kia ora" }] }], inferenceConfig: { maxTokens: 100 } }));
  await choose({ sourceRegion: "ap-southeast-6", profile: "au", residency: "" });
  assert.equal(await page.textContent("#route-verdict"), "There is no such way.");
  assert.match(await page.textContent("#route"), /it is offered as global\.anthropic\.claude-opus-4-8/);
});
