// Nothing leaves the browser: no request after the page has loaded, and it opens without a network.
import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync, constants } from "node:zlib";
import { openPage, openPanel, report, settled, write } from "./page.mjs";

test("after loading the page sends nothing, whatever is done with it", async (test) => {
  // Without the service worker, whose downloads are part of loading.
  const { page, context, sent, close } = await openPage({ test, prepare: (page) => page.addInitScript(() => delete Navigator.prototype.serviceWorker) });
  await page.waitForSelector("body[data-loaded=all]");
  await context.setOffline(true);
  sent.length = 0;
  await write(page, "Kia ora, Tāmaki Makaurau");
  await page.fill("#quick [name='limits.tpm']", "100");
  await settled(page);
  for (const panel of await page.locator("[role=tab]").all()) await panel.click();
  assert.equal((await report(page)).dialect, "text");
  assert.deepEqual(sent.filter((url) => !url.startsWith("data:")), []);
  assert.deepEqual(await close(), []);
});

test("what is needed for the first answer is at most 600 kB, compressed", async (test) => {
  const bodies = new Map();
  const prepare = async (page) => {
    // What comes behind the first answer waits for the browser to be idle.
    await page.addInitScript(() => (window.requestIdleCallback = () => 0));
    page.context().on("response", (response) => bodies.set(response.url(), response.body().catch(() => undefined)));
  };
  const { close } = await openPage({ test, prepare });
  let sum = 0;
  // What comes later is not needed for it, and may not have come when the page closes.
  const needed = [...bodies];
  for (const [url, body] of needed) {
    const bytes = await body;
    assert.ok(bytes, url);
    const size = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
    test.diagnostic(`${String(size).padStart(7)}  ${new URL(url).pathname}`);
    sum += size;
  }
  test.diagnostic(`${String(sum).padStart(7)}  in all`);
  assert.ok(needed.some(([url]) => url.endsWith(".wasm")), "the core is among it");
  assert.ok(!needed.some(([url]) => url.includes("full")), "the large core is not");
  assert.ok(sum <= 600_000, `${sum} bytes`);
  assert.deepEqual(await close(), []);
});

test("it opens and works without a network", async (test) => {
  const { page, context, close, faults } = await openPage({ test });
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    // The first load is not under its control; the next is.
  });
  await page.reload();
  await page.waitForSelector("#verdict:not([data-state=loading])");
  await context.setOffline(true);
  await page.reload();
  await page.waitForSelector("#verdict:not([data-state=loading])");
  await write(page, '{"modelId": "anthropic.claude-opus-4-6-v1", "messages": [{"role": "user", "content": [{"text": "one"}]}, {"role": "assistant", "content": [{"text": "two"}]}, {"role": "user", "content": [{"text": "three"}]}]}');
  assert.equal((await report(page)).input.parts.length, 3);
  // What is loaded only when it is wanted was kept too.
  await openPanel(page, "fit");
  await page.fill("#quick [name='limits.tpm']", "3000");
  await settled(page);
  await page.click("#fit-preview");
  await page.waitForSelector("#fit-apply:not([hidden])");
  assert.deepEqual(faults, []);
  assert.deepEqual(await close(), []);
});

test("where the core does not load, the page says so in plain words", async (test) => {
  const { page } = await openPage({ test, prepare: (page) => page.context().route("**/*.wasm", (route) => route.abort()) });
  assert.equal(await page.getAttribute("#verdict", "data-state"), "fault");
  assert.match(await page.textContent("#reason"), /did not load, reload the page/);
});

test("an own policy holds: no inline script or style, no string as code, no other host", async (test) => {
  const { page, url, close } = await openPage({ test });
  const outcomes = await page.evaluate(async () => {
    const refused = async (act) => {
      try {
        await act();
        return "done";
      } catch {
        return "refused";
      }
    };
    return {
      html: await refused(() => (document.body.innerHTML = "<p>")),
      code: await refused(() => (document.createElement("script").text = "1")),
      worker: await refused(() => new Worker("/other.js")),
      host: await refused(() => fetch("https://example.com/")),
    };
  });
  assert.deepEqual(outcomes, { html: "refused", code: "refused", worker: "refused", host: "refused" });
  // Those four were wanted; the page itself breaks nothing.
  await page.evaluate(() => (window.violations.length = 0));
  assert.ok((await fetch(url)).headers.get("content-security-policy").includes("frame-ancestors"));
  const faults = await close();
  assert.deepEqual(faults.filter((fault) => !/TrustedHTML|TrustedScript|Refused|violates|Content Security Policy|Connecting/i.test(fault)), []);
});
