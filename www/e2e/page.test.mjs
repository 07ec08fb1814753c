// What a person does with the page, in a real browser.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openPage, openPanel, report, set, settled, write } from "./page.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const CHAT = readFileSync(join(root, "examples/support-chat.json"), "utf8");
const OVER = JSON.stringify({
  modelId: "anthropic.claude-opus-4-6-v1",
  messages: [{ role: "user", content: [{ text: "Kia ora" }] }],
  inferenceConfig: { maxTokens: 2000 },
});

let opened, page;
before(async () => {
  opened = await openPage();
  page = opened.page;
});
after(async () => assert.deepEqual(await opened?.close(), []));

const text = () => page.evaluate(() => document.querySelector("prompt-editor").text);
const number = async (selector) => Number((await page.textContent(selector)).replaceAll(/[^\d.]/g, ""));
const undo = () => page.evaluate(() => document.querySelector("prompt-editor").undo());

test("the empty page teaches by the guide's example", async () => {
  assert.match(await page.textContent("#lesson-sum"), /200\s*in \+\s*1,000\s*out × 5 =\s*5,200/);
  assert.equal(await page.textContent("#charge"), "5,200");
});

test("a prompt is counted at every key, and the answer is in sight", async () => {
  await write(page, "");
  await page.click("prompt-editor");
  await page.keyboard.type("Kia ora! Where does the tui sing?");
  await settled(page);
  const { input, dialect } = await report(page);
  assert.equal(dialect, "text");
  assert.equal(await number("#input"), input.tokens);
  assert.match(await page.textContent("#model-name"), /assumed/);
  for (const id of ["headline", "input", "charge", "cost", "meter"]) {
    const box = await page.locator(`#${id}`).boundingBox();
    assert.ok(box.y >= 0 && box.y + box.height <= 720, `${id} is on the first screen`);
  }
  const grown = await page.evaluate(() => document.documentElement.scrollHeight);
  assert.ok(grown <= 720, "nothing has to be scrolled to");
});

test("the model is found by its name and chosen with the keyboard", async () => {
  await page.focus("#model-button");
  await page.keyboard.press("Enter");
  await page.keyboard.type("sonnet 4.6");
  await page.keyboard.press("Enter");
  await settled(page);
  assert.equal((await report(page)).model.id, "anthropic.claude-sonnet-4-6");
  await set(page);
});

test("a broken request says where, and leads there", async () => {
  await write(page, '{"messages": [}');
  assert.match(await page.textContent("#reason"), /line 1, column 15/);
  await page.click("#reason button");
  const marked = await page.locator("prompt-editor .cm-lintRange-error").textContent();
  assert.equal(marked, "}");
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
  await undo();
  await settled(page);
  assert.equal((await report(page)).output.maxTokens, 2000);
});

test("a cache point is added with one click", async () => {
  await set(page);
  for (const fixture of ["add-cache-point"]) {
    await write(page, readFileSync(join(root, "tests/fixtures/requests", fixture, "request"), "utf8"));
    await set(page, JSON.parse(readFileSync(join(root, "tests/fixtures/requests", fixture, "options.json"), "utf8")));
    await page.click("[data-code=add-cache-point] button");
    await settled(page);
    const cached = await report(page);
    assert.ok(cached.input.cacheWrite > 0);
    assert.ok(!cached.advice.some(({ code }) => code === "add-cache-point"));
  }
});

test("a fit is previewed as a difference, applied, and undone", async () => {
  await set(page);
  await write(page, CHAT);
  const before = await report(page);
  await openPanel(page, "fit");
  await page.fill("#fit-budget", "720");
  await page.click("#fit-preview");
  await page.waitForSelector("#fit-apply:not([hidden])");
  assert.ok((await page.locator("#difference .cm-deletedChunk").count()) > 0, "the difference shows what goes");
  assert.match(await page.textContent("#fit-receipt"), /What was given up/);
  await page.click("#fit-discard");
  assert.equal(await text(), CHAT);
  await page.click("#fit-preview");
  await page.waitForSelector("#fit-apply:not([hidden])");
  await page.click("#fit-apply");
  await settled(page);
  const after = await report(page);
  assert.ok(after.input.high <= 720 && after.input.tokens < before.input.tokens);
  await openPanel(page, "fit");
  await page.click("#fit-undo");
  await settled(page);
  assert.equal(await text(), CHAT);
});

test("a request is edited as a conversation: fold, type, remove, add", async () => {
  await write(page, CHAT);
  await page.click("#view-conversation");
  const turns = page.locator(".turn");
  await turns.first().waitFor();
  const count = await turns.count();
  const field = page.locator(".turn[data-role=user] textarea").first();
  await field.fill('My "bill" for\nAugust is $412.');
  await settled(page);
  assert.equal(JSON.parse(await text()).messages[0].content[0].text, 'My "bill" for\nAugust is $412.');
  assert.deepEqual(await field.inputValue(), 'My "bill" for\nAugust is $412.');
  await field.pressSequentially(" Why?");
  await settled(page);
  assert.match(JSON.parse(await text()).messages[0].content[0].text, /Why\?$/);
  const fold = page.locator(".turn[data-role=user] .fold").first();
  await fold.click();
  assert.equal(await fold.getAttribute("aria-expanded"), "false");
  await page.locator(".turn [aria-label^=Remove]").last().click();
  await settled(page);
  await page.waitForFunction((count) => document.querySelectorAll(".turn").length === count - 1, count);
  await page.click("text=Add a message of the");
  await settled(page);
  await page.waitForFunction((count) => document.querySelectorAll(".turn").length === count, count);
  assert.equal(JSON.parse(await text()).messages.length, JSON.parse(CHAT).messages.length);
  await page.click("#view-text");
});

test("a part of the bar leads to its place in the text", async () => {
  await write(page, CHAT);
  await page.click("#shares button:has-text('System')");
  await page.waitForFunction(() => /Selected: \d+ tokens/.test(document.querySelector("#selection").textContent));
});

test("tokens are coloured on screen only, told under the pointer, and counted in a selection", async () => {
  await write(page, `${"The kea is a large parrot. ".repeat(40)}\n`.repeat(500));
  await page.locator("prompt-editor .token-1").first().waitFor();
  const drawn = await page.locator("prompt-editor [class*=token-]").count();
  assert.ok(drawn < 5000, `${drawn} marks for 180,000 tokens`);
  await page.locator("prompt-editor .token-2").nth(3).hover();
  await page.locator("prompt-editor .token-tip").waitFor();
  assert.match(await page.locator("prompt-editor .token-tip").textContent(), /one token, \d+ characters?/);
  await page.evaluate(() => document.querySelector("prompt-editor").reveal(0, 27));
  await page.waitForFunction(() => /Selected: \d+ tokens, 27 characters/.test(document.querySelector("#selection").textContent));
  await page.click("#find");
  await page.locator("prompt-editor .cm-search").waitFor();
  await page.keyboard.type("parrot");
  await page.keyboard.press("Enter");
  await page.locator("prompt-editor .cm-searchMatch").first().waitFor();
  await page.keyboard.press("Escape");
});

test("minutes of such requests: when they are throttled, and what avoids it", async () => {
  await set(page, { limits: { tpm: 20000 } });
  await write(page, OVER);
  await openPanel(page, "minute");
  const words = (pattern) => page.waitForFunction((pattern) => new RegExp(pattern).test(document.querySelector("#minute-words")?.textContent ?? ""), pattern);
  await words("throttled");
  await page.fill("#rate", "1");
  await words("None is throttled");
  await page.fill("#rate", "6");
  await words("are throttled in 3 minutes, the first at \\d:\\d\\d");
  await page.click("#minute-words button");
  await words("None is throttled");
  assert.ok((await report(page)).output.maxTokens < 2000);
  // 888 in and 1,000 out at 5 are 5,888, of which 30,000 hold five.
  await set(page, { limits: { tpm: 30000 } });
  await write(page, CHAT);
  await openPanel(page, "minute");
  await words("Up to 5 a minute go through");
});

test("one text on several models", async () => {
  await write(page, CHAT);
  await openPanel(page, "compare");
  await page.waitForFunction(() => document.querySelectorAll("#compared tbody .number").length >= 16);
  await page.selectOption("#compare-add", "anthropic.claude-opus-4-8");
  await page.waitForFunction(() => [...document.querySelectorAll("#compared tbody th")].some((cell) => cell.textContent === "Claude Opus 4.8"));
  const row = page.locator("#compared tr", { hasText: "Claude Opus 4.6" });
  // The count, then its range in a line of its own.
  assert.equal(await row.locator("td").first().innerText(), "888\n888 to 892");
});

test("a usage that was observed is kept for later requests", async () => {
  await set(page);
  await write(page, CHAT);
  await openPanel(page, "settings");
  await page.fill("#usage", JSON.stringify({ usage: { inputTokens: 900, outputTokens: 10, totalTokens: 910 } }));
  await settled(page);
  assert.equal(await number("#input"), 900);
  await page.click("text=Keep for later requests");
  await page.waitForFunction(() => /\+12 tokens/.test(document.querySelector("#calibration-state").textContent));
  assert.equal((await report(page)).input.tokens, 900);
  await set(page);
});

test("a file that is dropped becomes the text", async () => {
  const dropped = await page.evaluateHandle((body) => {
    const data = new DataTransfer();
    data.items.add(new File([body], "chat.json", { type: "application/json" }));
    return data;
  }, CHAT);
  await write(page, "");
  await page.dispatchEvent("#pane", "drop", { dataTransfer: dropped });
  await page.waitForFunction((length) => document.querySelector("prompt-editor").length === length, CHAT.length);
});

test("settings are kept on the device until they are cleared", async () => {
  await set(page, { sourceRegion: "ap-southeast-6", limits: { tpm: 6000 } });
  await write(page, "Kia ora");
  await page.reload();
  await page.waitForSelector("#verdict:not([data-state=loading])");
  assert.equal(await text(), "Kia ora", "and the text in its tab");
  assert.equal(await page.inputValue("#quick [name='limits.tpm']"), "6,000");
  await set(page);
  assert.equal(await page.evaluate(() => localStorage.getItem("tokenleash.options")), null);
});

test("a link carries the settings, and the text where that was asked for", async (test) => {
  await set(page, { limits: { tpm: 6000 }, maxTokens: 700 });
  await write(page, "Kia ora, Kererū\r\n\tand a tab");
  const links = [];
  for (const name of ["Copy a link to these settings", "Copy a link with the text"]) {
    await page.click("#share");
    await page.click(`[role=menuitem]:has-text("${name}")`);
    await page.waitForFunction(() => document.querySelector("#notice").textContent === "Copied.");
    links.push(await page.evaluate(() => navigator.clipboard.readText()));
    await page.evaluate(() => (document.querySelector("#notice").textContent = ""));
  }
  const wanted = await report(page);
  for (const [index, link] of links.entries()) {
    assert.match(link, /^http:[^#]*#1[\w-]+$/);
    const other = await openPage({ test, path: link.slice(link.indexOf("#")) });
    if (index === 0) {
      assert.equal(await other.page.evaluate(() => document.querySelector("prompt-editor").length), 0);
      await write(other.page, await text());
    }
    assert.deepEqual(await report(other.page), wanted);
    assert.deepEqual(await other.close(), []);
  }
  const broken = await openPage({ test, path: "#1nonsense" });
  assert.match(await broken.page.textContent("#notice"), /cannot be read/);
  assert.deepEqual(await broken.close(), []);
  await set(page);
});

/** What the export panel writes. */
async function exported(form) {
  await openPanel(page, "export");
  await page.selectOption("#panel-export select", form);
  await page.waitForSelector("#panels:not([data-due]) #export-text[data-current=true]");
  return page.textContent("#export-text");
}

test("exported code runs: the check in JavaScript, the calls in Python and for the AWS CLI", async (t) => {
  const here = mkdtempSync(join(tmpdir(), "tokenleash-export-"));
  const run = (kind, file) => {
    const done = spawnSync(join(root, "scripts/python"), [join(root, "www/e2e/snippets/requirements.txt"), join(root, "www/e2e/snippets/run.py"), kind, file], { cwd: here, encoding: "utf8" });
    if (done.status === 3) return undefined;
    assert.equal(done.status, 0, done.stderr);
    return JSON.parse(done.stdout);
  };
  try {
    for (const { name, body, options, operation, id } of [
      { name: "converse", body: CHAT, options: { sourceRegion: "ap-southeast-6", maxTokens: 512, limits: { tpm: 6000 } }, operation: "converse", id: "au.anthropic.claude-opus-4-6-v1" },
      { name: "text", body: 'Say "kia ora"\nto \\Aotearoa #"', options: { model: "claude-sonnet-4-6", profile: "au", sourceRegion: "ap-southeast-2", maxTokens: 512 }, operation: "converse", id: "au.anthropic.claude-sonnet-4-6" },
      { name: "messages", body: '{"model": "claude-haiku-4-5", "max_tokens": 999, "messages": [{"role": "user", "content": "Kia ora"}]}', options: { maxTokens: 512, rates: "latest" }, operation: "invoke", id: "anthropic.claude-haiku-4-5-20251001-v1:0" },
      { name: "picture", body: '{"modelId": "anthropic.claude-opus-4-6-v1", "messages": [{"role": "user", "content": [{"image": {"format": "png", "source": {"bytes": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="}}}, {"text": "What is it?"}]}]}', options: { maxTokens: 512 }, operation: "converse", id: "anthropic.claude-opus-4-6-v1" },
    ]) {
      await set(page, options);
      await write(page, body);
      const wanted = await report(page);
      const js = await exported("javascript");
      writeFileSync(join(here, "check.mjs"), `${js.replace('"tokenleash"', JSON.stringify(join(root, "pkg/node.js")))}\nprocess.stdout.write(JSON.stringify(report));\n`);
      const fromJs = JSON.parse(execFileSync(process.execPath, [join(here, "check.mjs")], { encoding: "utf8" }));
      assert.deepEqual(fromJs, wanted, `${name} in JavaScript`);
      for (const [form, file] of [["python", "call.py"], ["cli", "call.sh"]]) {
        writeFileSync(join(here, file), await exported(form));
        const called = run(form, file);
        if (called === undefined) return t.skip("no Python of 3.12 or newer here");
        const { body: sent, ...where } = called;
        assert.deepEqual(where, { operation, modelId: id, region: options.sourceRegion ?? "us-west-2" }, `${name} as ${form}`);
        assert.ok(JSON.stringify(sent).includes("512"), `${name} as ${form} has the chosen max_tokens`);
        if (name === "text") assert.equal(sent.messages[0].content[0].text, body);
        // The AWS CLI 1 of the tests takes bytes as they are; the current one, 2, takes base64, as JSON has it.
        if (name === "picture" && form === "python") assert.equal(sent.messages[0].content[0].image.source.bytes, JSON.parse(body).messages[0].content[0].image.source.bytes);
      }
    }
  } finally {
    rmSync(here, { recursive: true, force: true });
    await set(page);
  }
});

test("exported Rust is the example that the crate's tests compile and run", async () => {
  const example = readFileSync(join(root, "examples/exported_check.rs"), "utf8");
  await set(page, { profile: "au", sourceRegion: "ap-southeast-6", maxTokens: 512, expectedOutput: 200, rates: "guide", cache: "warm", reserveCacheReads: false, limits: { usedTpm: 1000, budgetMicroUsd: 50000 } });
  await write(page, '{"modelId": "anthropic.claude-opus-4-6-v1", "messages": [{"role": "user", "content": [{"text": "Say \\"kia ora\\"#"}]}]}');
  const { fits, quota } = await report(page);
  const rust = await exported("rust");
  assert.equal(rust, example.replace(/^\/\/!.*\n/gm, "").trimStart());
  const ran = execFileSync("cargo", ["run", "--quiet", "--features", "cli", "--example", "exported_check"], { cwd: root, encoding: "utf8" });
  assert.equal(ran, `fits: ${fits}, charge: ${quota.charge}\n`);
  await set(page);
});
