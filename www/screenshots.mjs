// Takes the pictures of the README from the built page: `node www/screenshots.mjs`.
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const dist = fileURLToPath(new URL("./dist/", import.meta.url));
const docs = fileURLToPath(new URL("../docs/", import.meta.url));
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm" };
const server = createServer((request, response) => {
  const path = new URL(request.url, "http://localhost").pathname;
  const file = join(dist, normalize(path === "/" ? "/index.html" : path));
  if (!file.startsWith(dist) || !existsSync(file)) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
  createReadStream(file).pipe(response);
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
for (const [name, colorScheme, width, height] of [
  ["page-light", "light", 1280, 900],
  ["page-dark", "dark", 1280, 900],
  ["page-mobile", "light", 390, 1500],
]) {
  const page = await browser.newPage({ colorScheme, viewport: { width, height } });
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.waitForSelector("#verdict");
  await page.fill("[name=tpm]", "6000");
  await page.fill("[name=maxTokens]", "2000");
  await page.waitForSelector(".verdict.bad");
  await page.screenshot({ path: join(docs, `${name}.png`) });
  await page.close();
}
await browser.close();
server.close();
