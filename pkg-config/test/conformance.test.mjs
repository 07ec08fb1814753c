// The cases of other tools' test suites, in the built package: the same that the native tests run.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fit, lint } from "../../pkg/node.js";

const root = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");
const counters = read("tests/conformance/counters.json");

/** The text at a pointer into the old request, as it is now. */
function textNow(fitted, pointer) {
  if (pointer === "") return fitted.request;
  const kept = fitted.messages.filter((message) => !message.dropped);
  const place = kept.findIndex((message) => pointer.startsWith(`${message.pointer}/`));
  const keys = pointer.slice(kept[place].pointer.length + 1).split("/");
  return keys.reduce((value, key) => value[key], fitted.request.messages[place]);
}

for (const file of readdirSync(new URL("tests/conformance/cases/", root))) {
  const { origin, cases } = JSON.parse(read(`tests/conformance/cases/${file}`));
  test(`${cases.length} cases of ${origin.name}`, () => {
    for (const { name, counter, dialect, request, options, expect } of cases) {
      const given = structuredClone(request);
      const fitted = fit(request, { ...options, model: counter, dialect }, counters);
      assert.deepEqual(request, given, `${name}: the caller's own is as it was`);
      assert.equal(fitted.fits, expect.smallest === undefined, name);
      if (expect.smallest !== undefined) {
        assert.equal(fitted.conflict.limits[0].smallest, expect.smallest, name);
        assert.deepEqual(fitted.request, request, name);
      }
      const kept = fitted.messages.flatMap((message, index) => (message.dropped ? [] : [index]));
      if (expect.kept) assert.deepEqual(kept, expect.kept, name);
      if (expect.tokens !== undefined) assert.equal(fitted.after.tokens, expect.tokens, name);
      if (expect.maxTokens !== undefined) assert.equal(fitted.request.max_tokens, expect.maxTokens, name);
      const shortened = fitted.cuts.filter((cut) => cut.removedBytes);
      assert.deepEqual(
        Object.fromEntries(shortened.map(({ pointer }) => [pointer, textNow(fitted, pointer)])),
        expect.shortened ?? {},
        name,
      );
      const codes = fitted.notes.map((note) => note.code);
      for (const code of expect.notes ?? []) assert.ok(codes.includes(code), `${name}: ${code}`);
      const before = lint(request, { dialect }).map((note) => note.code);
      for (const note of lint(fitted.request, { dialect })) assert.ok(before.includes(note.code), name);
    }
  });
}
