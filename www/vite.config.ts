import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const alias = { tokenleash: path("../pkg/index.js") };

export default defineConfig({
  base: "./",
  resolve: { alias },
  server: { fs: { allow: [path("..")] } },
  worker: { format: "es" },
  build: { target: "es2022", modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
});
