import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

export default defineConfig({
  base: "./",
  resolve: { alias: { tokenleash: path("../pkg/index.js") } },
  server: { fs: { allow: [path("..")] } },
  build: { target: "es2022", modulePreload: { polyfill: false } },
});
