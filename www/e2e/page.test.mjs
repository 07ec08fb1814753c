// What a person does with the page, in a real browser.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openPage, report, set, settled, write } from "./page.mjs";

let opened, page;
before(async () => {
  opened = await openPage();
  page = opened.page;
});
after(async () => assert.deepEqual(await opened.close(), []));

const OVER = JSON.stringify({
  modelId: "anthropic.claude-opus-4-6-v1",
  messages: [{ role: "user", content: [{ text: "Kia ora" }] }],
  inferenceConfig: { maxTokens: 2000 },
});

test("the empty page teaches by the guide's example", async () => {
  assert.match(await page.textContent("#lesson-sum"), /200\s*in \+\s*1,000\s*out × 5 =\s*5,200/);
  assert.equal(await page.textContent("#charge"), "5,200");
});

test("a broken request says where, and leads there", async () => {
  await write(page, '{"messages": [}');
  assert.match(await page.textContent("#reason"), /line 1, column 15/);
  await page.click("#reason button");
  const selected = await page.evaluate(() => getSelection() && document.querySelector("prompt-editor").shadowRoot.querySelector(".cm-lintRange-error")?.textContent);
  assert.equal(selected, "}");
});

test("advice for a request over quota is taken with one click, and can be undone", async () => {
  await set(page, { limits: { tpm: 6000 } });
  await write(page, OVER);
  assert.match(await page.textContent("#headline"), /Does not fit/);
  await page.click("#advice [data-code=cap-max-tokens] button");
  await page.waitForSelector("#verdict[data-state=good]");
  const capped = await report(page);
  assert.equal(capped.fits, true);
  assert.equal(capped.output.setBy, "request");
  await page.evaluate(() => document.querySelector("prompt-editor").undo());
  await settled(page);
  assert.equal((await report(page)).output.maxTokens, 2000);
});
