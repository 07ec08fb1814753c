// For everyone: no finding of axe in either theme, everything by keyboard, and on a phone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { openPage, openPanel, report, settled, write } from "./page.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const CHAT = readFileSync(new URL("../../examples/support-chat.json", import.meta.url), "utf8");

/** What axe finds, each with where. */
async function findings(page) {
  // The tool comes in by the debugger, which the page's own policy does not bind.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join("; ")}`);
}

/** Every state worth looking at, one after the other. */
const STATES = {
  empty: async () => {},
  broken: (page) => write(page, '{"messages": [}'),
  request: (page) => write(page, CHAT),
  conversation: async (page) => {
    await page.click("#view-conversation");
    await page.waitForSelector(".turn");
  },
  difference: async (page) => {
    await page.click("#view-text");
    await openPanel(page, "fit");
    await page.fill("#fit-budget", "720");
    await page.click("#fit-preview");
    await page.waitForSelector("#fit-apply:not([hidden])");
  },
  over: async (page) => {
    await page.click("#fit-discard");
    await page.fill("#quick [name='limits.tpm']", "3000");
    await settled(page);
  },
  minute: (page) => openPanel(page, "minute"),
  compare: async (page) => {
    await openPanel(page, "compare");
    await page.waitForFunction(() => document.querySelectorAll("#compared tbody .number").length >= 16);
  },
  route: async (page) => {
    await openPanel(page, "route");
    await page.selectOption("#panel-route [name=sourceRegion]", "ap-southeast-6");
    await page.selectOption("#panel-route [name=residency]", "anz");
    await page.waitForSelector("#policy-text:not([hidden])");
  },
  settings: (page) => openPanel(page, "settings"),
  export: (page) => openPanel(page, "export"),
  picker: (page) => page.click("#model-button"),
};

for (const scheme of ["light", "dark"]) {
  test(`axe finds nothing, ${scheme}`, async (test) => {
    const { page, close } = await openPage({ test, scheme });
    for (const [name, reach] of Object.entries(STATES)) {
      await reach(page);
      await settled(page);
      assert.deepEqual(await findings(page), [], name);
    }
    assert.deepEqual(await close(), []);
  });
}

test("by keyboard alone: from an empty page to a request that fits", async (test) => {
  const { page, close } = await openPage({ test });
  const press = (...keys) => keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  /** Goes on with Tab until this has the focus. */
  const reach = async (selector) => {
    for (let step = 0; step < 60; step += 1) {
      if (await page.evaluate((selector) => document.activeElement?.matches(selector) ?? false, selector)) return;
      await press("Tab");
    }
    assert.fail(`Tab does not reach ${selector}`);
  };
  await reach("#examples");
  await press("Enter", "ArrowDown", "ArrowDown", "Enter");
  await settled(page);
  await page.waitForSelector("#verdict[data-state=bad]");
  await reach("#advice [data-code=cap-max-tokens] button");
  await press("Enter");
  await page.waitForSelector("#verdict[data-state=good]");
  assert.equal((await page.locator("#headline").textContent()).trim(), "Fits");
  await reach("[role=tab][aria-selected=true]");
  await press("ArrowRight", "ArrowRight");
  const chosen = await page.evaluate(() => document.activeElement.getAttribute("aria-selected"));
  assert.equal(chosen, "true");
  // The editor is no trap.
  await page.focus("#view-text");
  await reach("prompt-editor");
  await press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.matches("prompt-editor")), false);
  assert.deepEqual(await close(), []);
});

test("on a phone: nothing is cut off at the side, and the answer stays in sight", async (test) => {
  const { page, close } = await openPage({ test, width: 390, height: 844 });
  await write(page, CHAT);
  for (const tab of await page.locator("[role=tab]").all()) {
    await tab.click();
    await settled(page);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(width, 390, await tab.textContent());
  }
  await page.evaluate(() => scrollTo(0, 600));
  const box = await page.locator("#headline").boundingBox();
  assert.ok(box.y >= 0 && box.y < 100, "the verdict is in sight after scrolling");
  assert.equal((await report(page)).input.tokens, 888);
  assert.deepEqual(await close(), []);
});

test("a screen reader is told a new verdict once typing rests", async (test) => {
  const { page, close } = await openPage({ test });
  await write(page, CHAT);
  await page.waitForFunction(() => document.querySelector("#announce").textContent === "Fits");
  assert.equal(await page.getAttribute("#meter [role=meter]", "aria-valuetext"), "Reserves 1,888, finally counts up to 5,888, of 3,000,000 tokens per minute, 0 used before");
  assert.deepEqual(await close(), []);
});
