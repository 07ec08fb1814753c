// A core that traps is not used again until reset().
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import binaryen from "binaryen";
import { CoreCrashed, Document, check, initFrom, lint, reset, settle } from "../../pkg/slim.js";

const MODEL = "claude-opus-4-6";
const request = { messages: [{ role: "user", content: "Kia ora" }], max_tokens: 10 };
const core = readFileSync(new URL("../../pkg/core_bg.wasm", import.meta.url));

/** The core, made to trap where `lint` is called. */
function trapping() {
  const module = binaryen.readBinary(core);
  const exported = binaryen.getExportInfo(module.getExport("lint"));
  const { name, params, results } = binaryen.getFunctionInfo(module.getFunction(exported.value));
  module.removeExport("lint");
  module.addFunction("trap", params, results, [], module.unreachable());
  module.addFunctionExport("trap", "lint");
  assert.ok(name);
  return module.emitBinary();
}

const crashed = (error) => error instanceof CoreCrashed && error.code === "core-crashed" && error.cause instanceof WebAssembly.RuntimeError;

test("before a core is there, calls say what to do", () => {
  assert.throws(() => check(request, { model: MODEL }), (error) => error.code === "not-ready");
  assert.doesNotThrow(reset);
});

test("a trap ends an instance, and reset() gives another", () => {
  initFrom(trapping());
  const before = check(request, { model: MODEL });
  const document = new Document("Kia ora", MODEL);
  assert.equal(document.edit(0, 0, "!"), document.total);

  assert.throws(() => lint(request), crashed);
  assert.throws(() => check(request, { model: MODEL }), crashed);
  assert.throws(() => settle({ model: MODEL, input: 1, output: 1 }), crashed);
  assert.throws(() => document.total, crashed);
  assert.throws(() => new Document("Kia ora", MODEL), crashed);

  reset();
  assert.deepEqual(check(request, { model: MODEL }), before);
  assert.throws(() => document.edit(0, 0, "!"), crashed, "what a crashed instance held is lost, and says so");
  document.free();
  assert.ok(0 < new Document("Kia ora", MODEL).total);
});

test("documents move to the instance that takes another's place", () => {
  initFrom(core);
  const text = "Kia ora \ud83d tātou 🥝";
  const document = new Document(text, MODEL);
  const total = document.total;
  reset();
  assert.equal(document.total, total);
  assert.equal(document.text, text);
  assert.equal(document.model, MODEL);
  assert.equal(document.edit(0, text.length, ""), new Document("", MODEL).total);
  document.free();
  assert.throws(() => document.total, (error) => error.code === "freed");
  assert.doesNotThrow(() => document.free());
});

test("the caller's own errors are the core's end only where they ran through it", () => {
  initFrom(core);
  const throwing = { get model() { throw new TypeError("mine"); } };
  assert.throws(() => check("Kia ora", throwing), (error) => error.code === "wrong-shape");
  assert.ok(check("Kia ora", { model: MODEL }).fits);
});
