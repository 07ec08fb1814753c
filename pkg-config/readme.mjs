// The README's examples, as files of a program that the compiler checks against the packed package, React, Vue
// and the AWS SDK.
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";

const FILES = 6;

/** A Vue component as the script that it compiles to. */
function script(vue, source, id) {
  const { compileScript, parse } = vue;
  const { descriptor, errors } = parse(source, { filename: id });
  if (errors.length !== 0) throw errors[0];
  return compileScript(descriptor, { id, inlineTemplate: true }).content;
}

export async function readme(cwd) {
  const text = readFileSync(new URL("README.md", import.meta.url), "utf8");
  const files = [...text.matchAll(/```\w+ file=(\S+)\n([^]*?)```/g)].map(([, name, source]) => ({ name, source }));
  if (files.length !== FILES) throw new Error(`${files.length} examples, not ${FILES}`);
  const vue = createRequire(join(cwd, "package.json"))("vue/compiler-sfc");
  for (const { name, source } of files) {
    if (name.endsWith(".vue")) writeFileSync(join(cwd, `${name}.ts`), script(vue, source, name));
    else writeFileSync(join(cwd, name), source);
  }
  const compilerOptions = {
    target: "ES2022", module: "ESNext", moduleResolution: "bundler", lib: ["ES2023", "DOM", "DOM.Iterable"], jsx: "react-jsx",
    types: ["node", "react"], strict: true, noEmit: true, skipLibCheck: false,
  };
  writeFileSync(join(cwd, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts", "*.tsx"] }));
  const tsc = new URL("node_modules/.bin/tsc", import.meta.url).pathname;
  const said = await promisify(execFile)(tsc, ["-p", cwd], { cwd }).then(() => "", (error) => error.stdout || String(error));
  return { differ: said.split("\n").filter(Boolean) };
}
