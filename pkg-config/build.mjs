// Builds the npm package into pkg/: cargo, wasm-bindgen, wasm-opt, then the facade and its types. What is
// made on the way stays in build/; with --facade the cores there are taken as they are.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build, buildSync } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const made = join(here, "build");
const out = join(root, "pkg");
const cjs = join(out, "cjs");
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const tool = (name) => join(here, "node_modules", ".bin", name);
const run = (command, ...args) => execFileSync(command, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });

// Two cores of one shape. The smaller is without the vocabularies of tiktoken-rs; the larger has the one
// that models on Bedrock need.
const CORES = { core: "wasm", full: "wasm,tiktoken" };

function buildCores() {
  for (const [name, features] of Object.entries(CORES)) {
    const cargo = ["build", "--quiet", "--lib", "--profile", "release-wasm", "--target", "wasm32-unknown-unknown"];
    run("cargo", ...cargo, "--no-default-features", "--features", features);
    const built = join(target, "wasm32-unknown-unknown", "release-wasm", "tokenleash.wasm");
    const folder = join(made, name);
    run("wasm-bindgen", built, "--target", "web", "--omit-default-module-path", "--out-dir", folder, "--out-name", "core");
    // LLVM has put in line what is worth it; more of it is faster nowhere and a twentieth larger when packed. So
    // are locals that are shared once more: what repeats packs well.
    const left = ["inlining", "inlining-optimizing", "local-cse", "simplify-locals", "ssa-nomerge"];
    const lean = ["-Oz", ...left.map((pass) => `--skip-pass=${pass}`), "--strip-debug", "--strip-producers"];
    const file = join(made, `${name}.wasm`);
    run(tool("wasm-opt"), ...lean, join(folder, "core_bg.wasm"), "-o", file);
    const bytes = readFileSync(file);
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
  }
  const [one, other] = Object.keys(CORES).map((name) => readFileSync(join(made, name, "core.js"), "utf8"));
  if (one !== other) throw new Error("the two cores need different glue");
}

// The glue keeps its instance in variables of its module. As a function it gives a fresh set with each call.
function buildGlue() {
  const entry = { entryPoints: [join(made, "core", "core.js")], format: "iife", globalName: "core" };
  const [glue] = buildSync({ ...ESBUILD, ...entry, write: false }).outputFiles;
  writeFileSync(join(made, "glue.js"), `export function glue() {\n${glue.text}return core;\n}\n`);
}

// The cores as files, and as text: as they are for scripts that run anywhere, packed where there is a zlib.
function layCores() {
  const write = (file, start, name) => {
    const text = readFileSync(join(made, name)).toString("base64");
    writeFileSync(join(out, file), `${start} ${JSON.stringify(text)};\n`);
  };
  for (const name of Object.keys(CORES)) {
    copyFileSync(join(made, `${name}.wasm`), join(out, `${name}_bg.wasm`));
    write(`cjs/${name}-packed.js`, "module.exports =", `${name}.wasm.br`);
  }
  write("core-bytes.js", "export default", "core.wasm");
  write("cjs/core-bytes.js", "module.exports =", "core.wasm");
}

const ESBUILD = { bundle: true, target: "es2022", legalComments: "none", logLevel: "warning" };

// Bundles entries; a "#name" is a file that lies beside them. What ES modules share is one chunk, so that
// a page that uses several entries has one core.
const bundle = (format, outdir, names, beside) =>
  build({
    ...ESBUILD,
    entryPoints: names.map((name) => join(here, "src", `${name}.ts`)),
    format,
    outdir,
    platform: "neutral",
    external: ["node:*"],
    splitting: format === "esm",
    chunkNames: "shared-[hash]",
    plugins: [{
      name: "files beside the entries",
      setup: (build) => build.onResolve({ filter: /^#/ }, ({ path }) =>
        path === "#glue" ? { path: join(made, "glue.js") } : { path: beside[path], external: true }),
    }],
  });

if (!process.argv.includes("--facade")) {
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made);
  buildCores();
}
rmSync(out, { recursive: true, force: true });
mkdirSync(cjs, { recursive: true });
buildGlue();
layCores();
await bundle("esm", out, ["index", "element", "full", "full-url", "inline", "slim", "node", "full-node", "workerd", "full-workerd"], {
  "#core.wasm": "./core_bg.wasm",
  "#full.wasm": "./full_bg.wasm",
  "#core-bytes": "./core-bytes.js",
  "#core-packed": "./cjs/core-packed.js",
  "#full-packed": "./cjs/full-packed.js",
  "#full-url": "./full-url.js",
});
await bundle("cjs", cjs, ["inline", "slim", "node", "full-node"], {
  "#core-bytes": "./core-bytes.js",
  "#core-packed": "./core-packed.js",
  "#full-packed": "./full-packed.js",
  "#full-url": "../full-url.js",
});
writeFileSync(join(cjs, "package.json"), '{ "type": "commonjs" }\n');
run(tool("tsc"), "-p", join(here, "tsconfig.json"));
for (const file of readdirSync(out)) {
  if (file.endsWith(".d.ts") && !/element|workerd|node/.test(file)) copyFileSync(join(out, file), join(cjs, file));
}
for (const file of ["src/jsx.d.ts", "custom-elements.json", "README.md"]) copyFileSync(join(here, file), join(out, file.replace("src/", "")));
copyFileSync(join(here, "package.template.json"), join(out, "package.json"));
for (const licence of ["LICENSE-MIT", "LICENSE-APACHE", "THIRD-PARTY-LICENSES"]) {
  copyFileSync(join(root, licence), join(out, licence));
}
