// Serves the built page, and starts a browser for it.
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { chromium } from "playwright-core";

const dist = fileURLToPath(new URL("./dist/", import.meta.url));
const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

const headers = (file) => ({
  "content-type": TYPES[extname(file)] ?? "application/octet-stream",
  "content-security-policy": "frame-ancestors 'none'",
});

/** Sends a file. */
export function send(file, response) {
  if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
  response.writeHead(200, headers(file));
  createReadStream(file).pipe(response);
}

/** Sends a file as good hosts do: compressed, and kept for ever where its name holds its hash. */
const packed = new Map();
function sendCompressed(file, response) {
  if (!existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
  if (!packed.has(file)) packed.set(file, brotliCompressSync(readFileSync(file), { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
  const kept = file.includes("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
  response.writeHead(200, { ...headers(file), "content-encoding": "br", "cache-control": kept }).end(packed.get(file));
}

/** The built page at an address of this machine. */
export async function serve({ compressed = false } = {}) {
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    const file = join(dist, normalize(path === "/" ? "/index.html" : path));
    if (!file.startsWith(dist)) return response.writeHead(404).end();
    (compressed ? sendCompressed : send)(file, response);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

/** Debian's Chromium, without its own traffic. */
export const launch = () =>
  chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  });
