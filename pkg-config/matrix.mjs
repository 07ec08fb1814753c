// Packs the package once, installs it as its users do, and runs a real call in each kind of place. Every one
// must give the reports of tests/fixtures/requests.
//
//     node matrix.mjs             the fast ones: Node, Chromium with and without Vite, the README
//     node matrix.mjs --all       all
//     node matrix.mjs NAME...     some
import { execFile, execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { launch, serve } from "./browser.mjs";
import { readme } from "./readme.mjs";
import { fixtures } from "./test/fixtures.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const pkg = join(dirname(here), "pkg");
const places = join(process.env.CARGO_TARGET_DIR ?? join(dirname(here), "target"), "matrix");
const environment = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
const started = promisify(execFile);

/** A tool of this folder or of a consumer's, run there; gives what it printed. */
async function run(cwd, command, ...args) {
  const { stdout } = await started(command, args, { cwd, env: environment, maxBuffer: 1 << 26 });
  return stdout.trim();
}
const node = (cwd, ...args) => run(cwd, process.execPath, ...args);
const npm = (cwd, ...args) => run(cwd, "npm", ...args, "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error");
const version = (cwd, name) => JSON.parse(readFileSync(join(cwd, "node_modules", name, "package.json"), "utf8")).version;
/** The program that a platform's package of a runner ships. */
const program = (cwd, scope, name) => {
  for (const one of readdirSync(join(cwd, "node_modules", scope))) {
    for (const file of [`bin/${name}`, name]) {
      const path = join(cwd, "node_modules", scope, one, file);
      if (existsSync(path)) return path;
    }
  }
  throw new Error(`no ${name} for this machine`);
};

const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src data:; " +
  "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/** What a page says in its `output`, and nothing that the browser complains of. */
async function visit(url) {
  const browser = await launch();
  try {
    const page = await browser.newPage();
    const faults = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    await page.goto(url);
    const answer = JSON.parse(await page.textContent("output", { timeout: 60_000 }));
    await page.waitForFunction(() => document.querySelector("token-leash")?.shadowRoot?.querySelector("[part=gauge]"));
    return { ...answer, differ: [...answer.differ, ...faults] };
  } finally {
    await browser.close();
  }
}
async function inBrowser(folders, options) {
  const server = await serve(folders, options);
  try {
    return { ...(await visit(`${server.url}/page.html`)), versions: "Chromium" };
  } finally {
    server.close();
  }
}
/** A page whose modules are files as they are, with addresses in place of bare names. */
const plain = (cwd, options) => {
  const pages = { "/browser.js": readFileSync(join(cwd, "browser.js"), "utf8").replaceAll(/"tokenleash(\/element)?"/g, (_, part) => `"/pkg/${part ? "element" : "index"}.js"`) };
  return inBrowser({ "/pkg/": join(cwd, "node_modules", "tokenleash"), "/": cwd }, { pages, ...options });
};

async function next(cwd) {
  const bin = join(cwd, "node_modules", "next", "dist", "bin", "next");
  mkdirSync(join(cwd, "public"), { recursive: true });
  cpSync(join(cwd, "cases.json"), join(cwd, "public", "cases.json"));
  await node(cwd, bin, "build");
  const server = spawn(process.execPath, [bin, "start", "-p", "0", "-H", "127.0.0.1"], { cwd, env: environment });
  try {
    const url = await new Promise((done, fail) => {
      let said = "";
      server.stdout.on("data", (data) => {
        said += data;
        const found = said.match(/http:\/\/127\.0\.0\.1:\d+/);
        if (found && /Ready/.test(said)) done(found[0]);
      });
      server.on("exit", () => fail(new Error(`next start: ${said}`)));
    });
    const client = await visit(url);
    const route = await (await fetch(`${url}/api/check`)).json();
    const html = await (await fetch(`${url}/server`)).text();
    const component = JSON.parse(html.match(/<output>(.*?)<\/output>/)[1].replaceAll("&quot;", '"'));
    const differ = Object.entries({ client, route, component }).flatMap(([part, answer]) => answer.differ.map((one) => `${part}: ${one}`));
    return { equal: Math.min(client.equal, route.equal, component.equal), differ, versions: `Next ${version(cwd, "next")}, React ${version(cwd, "react")}` };
  } finally {
    server.kill();
  }
}

/** Those without reports to compare pass or say what is wrong. */
const CONSUMERS = {
  "Node, ESM": { place: "node-esm", fast: true, run: async (cwd) => ({ ...JSON.parse(await node(cwd, "main.mjs")), versions: `Node ${process.version}` }) },
  "Node, CommonJS": { place: "node-cjs", fast: true, run: async (cwd) => ({ ...JSON.parse(await node(cwd, "main.cjs")), versions: `Node ${process.version}` }) },
  "plain module": { place: "node-esm", fast: true, run: plain },
  "strict policy": { place: "node-esm", fast: true, run: (cwd) => plain(cwd, { headers: { "content-security-policy": POLICY } }) },
  Vite: {
    place: "vite", fast: true,
    async run(cwd) {
      cpSync(join(cwd, "page.html"), join(cwd, "index.html"));
      await node(cwd, "build.mjs");
      const answer = await inBrowser({ "/": join(cwd, "dist") }, { pages: { "/page.html": readFileSync(join(cwd, "dist", "index.html")), "/cases.json": readFileSync(join(cwd, "cases.json")) } });
      return { ...answer, versions: `Vite ${version(cwd, "vite")}` };
    },
  },
  "README's examples": { place: "readme", fast: true, run: async (cwd) => ({ ...(await readme(cwd)), versions: `TypeScript, React ${version(cwd, "react")}, Vue ${version(cwd, "vue")}, AWS SDK ${version(cwd, "@aws-sdk/client-bedrock-runtime")}` }) },
  publint: { place: "node-esm", fast: true, run: async () => ({ ...(await lintPackage()), versions: `publint ${version(here, "publint")}` }) },
  "types are right": { place: "node-esm", fast: true, run: async () => ({ ...(await lintTypes()), versions: `attw ${version(here, "@arethetypeswrong/cli")}` }) },
  webpack: {
    place: "webpack",
    async run(cwd) {
      await node(cwd, "build.mjs");
      const pages = { "/page.html": readFileSync(join(cwd, "page.html")), "/cases.json": readFileSync(join(cwd, "cases.json")) };
      return { ...(await inBrowser({ "/": join(cwd, "dist") }, { pages })), versions: `webpack ${version(cwd, "webpack")}` };
    },
  },
  "Next.js": { place: "next", run: next },
  Deno: {
    place: "deno",
    run: async (cwd) => ({
      ...JSON.parse(await run(cwd, program(cwd, "@deno", "deno"), "run", "--allow-read", "--allow-env", "main.mjs")),
      versions: `Deno ${version(cwd, "deno")}`,
    }),
  },
  Bun: { place: "bun", run: async (cwd) => ({ ...JSON.parse(await run(cwd, program(cwd, "@oven", "bun"), "main.mjs")), versions: `Bun ${version(cwd, "bun")}` }) },
  workerd: {
    place: "workerd",
    run: async (cwd) => ({ ...JSON.parse(await node(cwd, "run.mjs")), versions: `workerd ${version(cwd, "workerd")}, miniflare ${version(cwd, "miniflare")}` }),
  },
};

async function lintPackage() {
  const { publint } = await import("publint");
  const { messages } = await publint({ pkgDir: pkg, strict: true });
  return { differ: messages.map((message) => JSON.stringify(message)) };
}

async function lintTypes() {
  const said = await run(here, join(here, "node_modules", ".bin", "attw"), tarball, "--profile", "node16", "--format", "json", "--exclude-entrypoints", "custom-elements.json", "core.wasm", "full.wasm", "jsx", "--ignore-rules", "cjs-resolves-to-esm").catch((error) => error.stdout || String(error));
  const problems = Object.values(JSON.parse(said).problems ?? {}).flat();
  return { differ: problems.filter(({ kind }) => kind !== "CJSResolvesToESM").map((problem) => JSON.stringify(problem)) };
}

/** A copy of a consumer with its packages and ours; what npm installed before stays. */
async function install(place) {
  const cwd = join(places, place);
  const from = join(here, "fixtures", place);
  const locked = existsSync(join(from, "package-lock.json"));
  const lock = readFileSync(join(from, locked ? "package-lock.json" : "package.json"), "utf8");
  const stamp = join(cwd, "node_modules", ".installed");
  const ready = existsSync(stamp) && readFileSync(stamp, "utf8") === lock;
  mkdirSync(cwd, { recursive: true });
  for (const file of readdirSync(cwd)) if (file !== "node_modules") rmSync(join(cwd, file), { recursive: true });
  cpSync(from, cwd, { recursive: true });
  for (const file of ["prove.js", "browser.js", "page.html"]) cpSync(join(here, "fixtures", file), join(cwd, file));
  writeFileSync(join(cwd, "cases.json"), JSON.stringify(fixtures));
  if (locked && !ready) await npm(cwd, "ci");
  await npm(cwd, "install", "--no-save", "--no-package-lock", tarball);
  writeFileSync(stamp, lock);
  return cwd;
}

const wanted = process.argv.slice(2);
const chosen = Object.entries(CONSUMERS).filter(([name, { fast }]) => wanted.includes("--all") || (wanted.length === 0 ? fast : wanted.includes(name)));
const packed = mkdtempSync(join(tmpdir(), "tokenleash-"));
const tarball = join(packed, execFileSync("npm", ["pack", pkg, "--silent", "--pack-destination", packed], { encoding: "utf8" }).trim());
// Every small report once, every report once more with the large core.
const all = fixtures.length + fixtures.filter(({ small }) => small).length;
let failed = 0;
try {
  console.log(`${"consumer".padEnd(18)} ${"reports".padEnd(9)} ${"seconds".padStart(7)}  versions`);
  for (const [name, { place, run }] of chosen) {
    const began = performance.now();
    const answer = await install(place).then(run).catch((error) => ({ differ: [error.stack ?? String(error), error.stdout ?? "", error.stderr ?? ""].filter(Boolean) }));
    const wrong = answer.differ.length !== 0 || (answer.equal !== undefined && answer.equal !== all);
    if (wrong) failed += 1;
    const reports = wrong ? "WRONG" : answer.equal === undefined ? "right" : `${answer.equal} of ${all}`;
    console.log(`${name.padEnd(18)} ${reports.padEnd(9)} ${((performance.now() - began) / 1000).toFixed(1).padStart(7)}  ${answer.versions ?? ""}`);
    for (const line of answer.differ) console.log(`    ${line}`);
  }
} finally {
  rmSync(packed, { recursive: true });
}
console.log(`${chosen.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
