import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** What a policy in the page itself cannot say. */
const headers = { "Content-Security-Policy": "frame-ancestors 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer" };

/** A file that only some visits need is kept when it is first asked for. */
const LARGEST_KEPT = 2_000_000;

/** Writes the service worker, with the list of the files it keeps, and the headers for hosts that read `_headers`. */
function offline(): Plugin {
  return {
    name: "offline",
    apply: "build",
    closeBundle() {
      const dist = path("dist");
      const files = readdirSync(dist, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== "sw.js" && entry.name !== "_headers")
        .map((entry) => join(entry.parentPath, entry.name).slice(dist.length + 1).replaceAll("\\", "/"))
        .sort();
      const hash = createHash("sha256");
      const kept = files.filter((file) => {
        const bytes = readFileSync(join(dist, file));
        hash.update(file).update(bytes);
        return bytes.length <= LARGEST_KEPT;
      });
      const worker = readFileSync(path("sw.js"), "utf8")
        .replace("__VERSION__", `tokenleash-${hash.digest("hex").slice(0, 16)}`)
        .replace("__FILES__", JSON.stringify(["./", ...kept.map((file) => `./${file}`)], null, 2));
      writeFileSync(join(dist, "sw.js"), worker);
      const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${value}\n`);
      writeFileSync(join(dist, "_headers"), `/*\n${lines.join("")}`);
    },
  };
}

export default defineConfig({
  base: "./",
  resolve: { alias: { tokenleash: path("../pkg/index.js") } },
  server: { fs: { allow: [path("..")] } },
  preview: { headers },
  plugins: [offline()],
  worker: { format: "es" },
  build: { target: "es2022", modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
});
