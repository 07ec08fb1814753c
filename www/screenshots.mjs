// Takes the pictures of the README from the built page: `node www/screenshots.mjs`.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openPage, openPanel, settled } from "./e2e/page.mjs";

const docs = fileURLToPath(new URL("../docs/", import.meta.url));

async function example(page, name) {
  await page.click("#examples");
  await page.click(`[role=menuitem]:has-text("${name}")`);
  await settled(page);
}

const PICTURES = [
  { name: "page-light", scheme: "light", act: (page) => example(page, "One that does not fit") },
  {
    name: "page-dark",
    scheme: "dark",
    async act(page) {
      await example(page, "A chat with tools");
      await page.click("#view-conversation");
      await page.waitForSelector(".turn");
    },
  },
  {
    name: "page-fit",
    scheme: "light",
    async act(page) {
      await example(page, "A chat with tools");
      await openPanel(page, "fit");
      await page.fill("#fit-budget", "720");
      await page.click("#fit-preview");
      await page.waitForSelector("#fit-apply:not([hidden])");
    },
  },
  {
    name: "page-minute",
    scheme: "light",
    async act(page) {
      await example(page, "A chat with tools");
      await page.fill("#quick [name='limits.tpm']", "30000");
      await openPanel(page, "minute");
      await page.waitForSelector("#minute-words p");
      await page.waitForFunction(() => /throttled/.test(document.querySelector("#minute-words").textContent));
    },
  },
  { name: "page-mobile", scheme: "light", width: 390, height: 844, act: (page) => example(page, "One that does not fit") },
];

for (const { name, scheme, width = 1440, height = 900, act } of PICTURES) {
  const { page, close } = await openPage({ scheme, width, height });
  // Its own letters are there from the second visit on.
  await page.waitForSelector("body[data-loaded=all]");
  await page.reload();
  await page.waitForSelector("#verdict:not([data-state=loading])");
  await act(page);
  await page.mouse.move(0, 0);
  await page.waitForTimeout(600);
  await page.screenshot({ path: join(docs, `${name}.png`) });
  const faults = await close();
  if (faults.length > 0) throw new Error(faults.join("\n"));
}
