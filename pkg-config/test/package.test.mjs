// The built package gives the reports of the fixtures, in Node.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { check, countTokens, initFrom, models, settle } from "../../pkg/index.js";

const root = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");
initFrom(readFileSync(new URL("pkg/core_bg.wasm", root)));

for (const name of readdirSync(new URL("tests/fixtures/requests/", root))) {
  test(`the report of ${name}`, () => {
    const folder = `tests/fixtures/requests/${name}/`;
    const report = check(read(`${folder}request`), JSON.parse(read(`${folder}options.json`)));
    assert.equal(JSON.stringify(report), JSON.stringify(JSON.parse(read(`${folder}report.json`))));
  });
}

test("a plain object is read like its text", () => {
  const request = { modelId: "anthropic.claude-opus-4-6-v1", messages: [{ role: "user", content: [{ text: "Hi" }] }] };
  assert.deepEqual(check(request), check(JSON.stringify(request)));
});

test("the guide's example", () => {
  const settled = settle({ model: "anthropic.claude-opus-4-6-v1", input: 200, output: 1000, limits: { tpm: 6000 } });
  assert.equal(settled.settlement, 5200);
  assert.equal(settled.limits[0].headroom, 800);
});

test("errors are Errors that say where", () => {
  for (const [request, options, code, place] of [
    ['{"messages": [}', {}, "invalid-json", { line: 1, column: 15 }],
    ['{"messages":[],"max_tokens":-1}', { model: "claude-opus-4-6" }, "out-of-range", { pointer: "/max_tokens" }],
    ["hello", {}, "missing-model", {}],
    ["hello", { model: "claude-opus-46" }, "unknown-model", {}],
    ["hello", { model: "claude-opus-4-6", maxTokens: -1 }, "invalid-argument", {}],
    ["hello", { modle: "x" }, "invalid-argument", {}],
    ["", { model: "claude-opus-4-6" }, "empty", {}],
  ]) {
    assert.throws(() => check(request, options), (error) => {
      assert.ok(error instanceof Error);
      assert.equal(error.code, code);
      for (const [key, value] of Object.entries(place)) assert.equal(error[key], value);
      return true;
    });
  }
});

test("models and counts", () => {
  assert.ok(20 < models().length);
  assert.ok(0 < countTokens("Kia ora", { model: "claude-sonnet-4-6" }).tokens);
});
