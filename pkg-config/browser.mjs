// A static server and a browser for the tests and measurements of the package.
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { chromium } from "playwright-core";

const TYPES = {
  ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".json": "application/json",
  ".css": "text/css", ".wasm": "application/wasm",
};
const packed = new Map();

/**
 * Serves folders, each under a path of its own, at an address of this machine. `pages` are texts by path;
 * `brotli` packs what is sent, as hosts do with files at rest.
 */
export async function serve(folders, { pages = {}, headers = {}, brotli = false } = {}) {
  const find = (path) => {
    if (path in pages) return Buffer.from(pages[path]);
    for (const [under, folder] of Object.entries(folders)) {
      const file = join(folder, normalize(path.slice(under.length)));
      if (path.startsWith(under) && file.startsWith(folder) && statSync(file, { throwIfNoEntry: false })?.isFile()) return readFileSync(file);
    }
    return undefined;
  };
  const server = createServer((request, response) => {
    let path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    if (path.endsWith("/")) path += "index.html";
    let body = find(path);
    if (!body) return response.writeHead(404).end();
    const sent = { "content-type": TYPES[extname(path)] ?? "application/octet-stream", ...headers };
    if (brotli) {
      if (!packed.has(path)) packed.set(path, brotliCompressSync(body));
      body = packed.get(path);
      sent["content-encoding"] = "br";
    }
    response.writeHead(200, { ...sent, "content-length": body.length }).end(body);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/** Debian's Chromium, without its own traffic. */
export const launch = () =>
  chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  });
