// The built package gives the reports of the fixtures, in Node, with either core.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import * as small from "../../pkg/node.js";
import { fixtures, policies, routes } from "./fixtures.mjs";

const { check, countTokens, lint, models, policy, route, settle } = small;
const full = createRequire(import.meta.url)("../../pkg/cjs/full-node.js");

for (const fixture of fixtures) {
  for (const [name, core] of Object.entries({ small, full })) {
    if (core === small && !fixture.small) continue;
    test(`the report of ${fixture.name}, ${name} core`, () => {
      const report = core.check(fixture.request, fixture.options);
      assert.equal(JSON.stringify(report), JSON.stringify(fixture.report));
    });
  }
}

test("the small core says where another vocabulary stands in", () => {
  const has = (core, id) => core.models().find((model) => model.id === id).ownVocabulary;
  for (const id of ["openai.gpt-oss-120b-1:0", "amazon.nova-pro-v1:0"]) {
    assert.equal(has(small, id), false);
    assert.equal(has(full, id), true);
  }
  assert.equal(has(small, "anthropic.claude-opus-4-6-v1"), true);
  for (const { name, request, options, report } of fixtures.filter((fixture) => !fixture.small)) {
    const estimate = check(request, options);
    const notes = estimate.notes.filter((note) => note.code === "vocabulary-left-out");
    assert.equal(notes.length, report.model.id === "unknown" ? 0 : 1, name);
    assert.ok(estimate.input.low <= report.input.tokens && report.input.tokens <= estimate.input.high, name);
  }
});

test("the routes of the fixtures", () => {
  for (const { options, report } of routes) assert.deepEqual(route(options), report);
  assert.throws(() => route({ model: "claude-opus-4-6", profile: "au" }), { code: "invalid-argument" });
});

test("the policies of the fixtures", () => {
  for (const { options, policy: document } of policies) assert.deepEqual(policy(options), document);
  const one = { models: ["claude-opus-4-8"], profile: "au", sourceRegion: "ap-southeast-6", account: "123456789012" };
  assert.throws(() => policy(one), { code: "refused" });
  assert.throws(() => policy({ ...one, models: ["claude-opus-4-6"], account: "12" }), { code: "invalid-argument" });
});

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
    ["hello", { model: "claude-opus-4-6", maxTokens: -1 }, "invalid-argument", { pointer: "/maxTokens" }],
    ["hello", { modle: "x" }, "invalid-argument", { pointer: "/modle" }],
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
  // One core has not the vocabulary of every model, and says so.
  const codes = (core, model) => core.countTokens("Kia ora", { model }).notes.map(({ code }) => code);
  assert.deepEqual(codes(small, "claude-sonnet-4-6"), []);
  assert.deepEqual(codes(small, "gpt-oss-120b"), ["vocabulary-left-out"]);
  assert.deepEqual(codes(full, "gpt-oss-120b"), []);
  assert.deepEqual(lint({ messages: [] }, { dialect: "messages" }).length, 1);
});

test("a ledger answers as the native one", () => {
  const cases = JSON.parse(readFileSync(new URL("../../tests/fixtures/ledger.json", import.meta.url)));
  for (const { limits, calls } of cases) {
    let ledger = new small.Ledger(limits);
    for (const [name, given, expected] of calls) {
      let answer;
      try {
        answer = ledger[name](...given);
      } catch (error) {
        answer = { error: error.code };
      }
      assert.deepEqual(answer, expected);
      ledger = small.Ledger.fromJSON(JSON.parse(JSON.stringify(ledger)));
    }
  }
});

test("a plan is the native one", () => {
  const golden = JSON.parse(readFileSync(new URL("../../tests/fixtures/plan.json", import.meta.url)));
  for (const core of [small, full]) assert.deepEqual(core.plan(golden.load), golden.plan);
});
