// Takes the pictures of the README from the built page: `node www/screenshots.mjs`.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openPage, settled } from "./e2e/page.mjs";

const docs = fileURLToPath(new URL("../docs/", import.meta.url));
const example = async (page, name) => {
  await page.click("#examples");
  await page.click(`[role=menuitem]:has-text("${name}")`);
  await settled(page);
};

for (const [name, scheme, width, height, act] of [
  ["page-light", "light", 1440, 900, (page) => example(page, "One that does not fit")],
  ["page-dark", "dark", 1440, 900, (page) => example(page, "A chat with tools")],
  ["page-mobile", "light", 390, 844, (page) => example(page, "One that does not fit")],
]) {
  const { page, close } = await openPage({ scheme, width, height });
  await act(page);
  await page.mouse.move(0, 0);
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(docs, `${name}.png`) });
  await close();
}
