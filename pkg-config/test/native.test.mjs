// The package gives the reports of the native program, on texts at random and on recorded requests where a folder
// of them is at hand (TOKENLEASH_TRUTH, or ../shared/truth). TOKENLEASH_SEED says which texts.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { check } from "../../pkg/full-node.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const truth = process.env.TOKENLEASH_TRUTH ?? join(root, "../shared/truth");
const TEXTS = 5000;

execFileSync("cargo", ["build", "--quiet", "--features", "cli"], { cwd: root, stdio: "inherit" });
const program = join(resolve(root, process.env.CARGO_TARGET_DIR ?? "target"), "debug", "tokenleash");

/** The reports of the program; of a line that it cannot read, what is wrong with it. */
function native(lines) {
  const { error, stdout } = spawnSync(program, ["check", "--jsonl", "--json", "--allow-unknown", "-"], {
    input: `${lines.join("\n")}\n`,
    maxBuffer: 2 ** 31 - 1,
  });
  if (error) throw error;
  return stdout.toString().trimEnd().split("\n").map((line) => JSON.parse(line));
}

function same(lines) {
  const reports = native(lines);
  assert.equal(reports.length, lines.length);
  for (const [at, line] of lines.entries()) {
    const { error, ...report } = reports[at];
    if (error) assert.throws(() => check(line, { allowUnknown: true }), { code: error.code }, line);
    else assert.deepEqual(check(line, { allowUnknown: true }), report, line);
  }
}

// Letters of many scripts, marks that move and compose, what folds away, what stands alone.
const ALPHABET = [
  ..."abcdefghijXYZ  \n\t'.,-_=#0123456789éüñßİIſẞ中文字한글가ㄱ\u1100\u1161\u11a8हिन्दी\u0e44ทย\u0e33\u0e4d\u0e32😀👍🏽❤\ufe0f\u200d",
  ..."\u0301\u0323\u0308\u064b\u0651٠٣½²Ⅷ\u00a0\u2003\u3000\u200b\u0085\u0000\ue000“”’—…\r",
];
const MODELS = [
  "anthropic.claude-opus-4-6-v1", "anthropic.claude-opus-4-7", "anthropic.claude-opus-5", "amazon.nova-lite-v1:0", "gpt-4o", "openai.gpt-oss-20b-1:0",
];

test(`${TEXTS} texts at random`, () => {
  let state = Number(process.env.TOKENLEASH_SEED ?? 1);
  const below = (end) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >>> 8) % end;
  };
  const lines = Array.from({ length: TEXTS }, (_, index) => {
    const text = Array.from({ length: 1 + below(80) }, () => ALPHABET[below(ALPHABET.length)]).join("");
    return JSON.stringify({ modelId: MODELS[index % MODELS.length], messages: [{ role: "user", content: [{ text }] }] });
  });
  same(lines);
});

test("recorded requests", { skip: !existsSync(truth) && "no folder of recorded requests" }, () => {
  const files = readdirSync(truth).filter((name) => /_(requests|media|server_tools|chat|tools)\.jsonl\.gz$/.test(name));
  const records = files.flatMap((name) => gunzipSync(readFileSync(join(truth, name))).toString().trimEnd().split("\n"));
  same(records.map((record) => {
    const { model, request } = JSON.parse(record);
    return JSON.stringify({ modelId: model, body: request });
  }));
});
