// Takes the pictures of the README from the built page: `node www/screenshots.mjs`.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch, serve } from "./serve.mjs";

const docs = fileURLToPath(new URL("../docs/", import.meta.url));
const server = await serve();
const browser = await launch();
for (const [name, colorScheme, width, height] of [
  ["page-light", "light", 1280, 900],
  ["page-dark", "dark", 1280, 900],
  ["page-mobile", "light", 390, 1500],
]) {
  const page = await browser.newPage({ colorScheme, viewport: { width, height } });
  await page.goto(server.url);
  await page.waitForSelector("#verdict");
  await page.fill("[name=tpm]", "6000");
  await page.fill("[name=maxTokens]", "2000");
  await page.waitForSelector(".verdict.bad");
  await page.screenshot({ path: join(docs, `${name}.png`) });
  await page.close();
}
await browser.close();
server.close();
