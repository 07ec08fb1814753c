// Builds the npm package into pkg/: cargo, wasm-bindgen, wasm-opt, the facade and its types.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const out = join(root, "pkg");
const tool = (name) => join(here, "node_modules", ".bin", name);
const run = (command, ...args) => execFileSync(command, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });

rmSync(out, { recursive: true, force: true });
mkdirSync(out);
run("cargo", "build", "--quiet", "--lib", "--profile", "release-wasm", "--target", "wasm32-unknown-unknown", "--features", "wasm");
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const built = join(target, "wasm32-unknown-unknown", "release-wasm", "tokenleash.wasm");
run("wasm-bindgen", built, "--target", "web", "--out-dir", out, "--out-name", "core");
const wasm = join(out, "core_bg.wasm");
run(tool("wasm-opt"), "-O3", wasm, "-o", wasm);
run(tool("tsc"), "-p", join(here, "tsconfig.json"));
copyFileSync(join(here, "package.template.json"), join(out, "package.json"));
console.log(`pkg: core_bg.wasm ${statSync(wasm).size} bytes`);
