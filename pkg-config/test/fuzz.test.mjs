// Whatever JavaScript hands over, the core answers or refuses: it never breaks. TOKENLEASH_FUZZ says how many
// calls, TOKENLEASH_SEED which.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as api from "../../pkg/node.js";
import { fixtures } from "./fixtures.mjs";

const CALLS = Number(process.env.TOKENLEASH_FUZZ ?? 3000);
const SEED = Number(process.env.TOKENLEASH_SEED ?? 1);

let state = SEED;
/** Mulberry32: below `end`, whole. */
function below(end) {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
}
const one = (list) => list[below(list.length)];

const MODELS = [...api.models().map(({ id }) => id), "claude", "", "gpt-4o", "arn:aws:bedrock:us-east-1:1:inference-profile/x", "\ud800"];
const NUMBERS = [0, 1, -1, 0.5, 1e3, 1e12, 1e13, 2 ** 53, -(2 ** 63), 1e308, Number.NaN, Infinity, -0];
const cyclic = {};
cyclic.self = cyclic;
const throwing = { get model() { throw new TypeError("mine"); } };
const disguised = { toJSON: () => ({ model: "claude-opus-4-6" }), inner: cyclic };
const deep = (levels) => { let value = []; for (let level = 0; level < levels; level += 1) value = [value]; return value; };
const STRINGS = [
  "", " ", "\0", "\ud800", "\udfff", "Kia ora", "🥝".repeat(50), "a".repeat(5000), "\r\n\t/", "́".repeat(300), "0x1f", "-1",
  "[".repeat(3000), '{"a":'.repeat(2000), "data:image/png;base64,AAAA", "/messages/0/content/0", "__proto__",
];
const odd = () => one([
  undefined, null, true, 1n, Symbol("odd"), () => {}, new Date(0), new Map([[1, 2]]), new Set([1]), new Uint8Array(3), new Proxy({}, {}),
  cyclic, throwing, disguised, deep(300), Object.create(null), [], {}, new Error("odd"), one(NUMBERS), one(STRINGS),
]);
const KEYS = [
  "model", "profile", "sourceRegion", "dialect", "maxTokens", "expectedOutput", "endpoint", "rates", "cache", "observed", "correction", "limits", "tpm",
  "usedTpm", "budgetMicroUsd", "targetInput", "minOutput", "prefer", "policy", "shorten", "cut", "marker", "keepFirst", "keepLast", "pin", "priorities",
  "messages", "role", "content", "text", "toolUse", "toolResult", "tools", "toolConfig", "system", "inferenceConfig", "image", "bytes", "cachePoint",
  "thinking", "budget_tokens", "max_tokens", "input", "output", "cacheRead", "residency", "misspelt", "type", "id", "tool_use_id", "name", "input_schema",
];

/** A value: of a request's or a setting's words, or anything. */
function value(depth = 0) {
  const kind = below(depth > 4 ? 4 : 8);
  if (kind === 0) return odd();
  if (kind === 1) return one(NUMBERS);
  if (kind === 2) return one([...STRINGS, ...MODELS.slice(0, 3)]);
  if (kind === 3) return one(["user", "assistant", "system", "text", "auto", "au", "ap-southeast-6", true, false, null]);
  if (kind < 6) return Array.from({ length: below(4) }, () => value(depth + 1));
  return Object.fromEntries(Array.from({ length: below(6) }, () => [one(KEYS), value(depth + 1)]));
}

/** A fixture with something in it put in another's place. */
function bent(original) {
  const copy = structuredClone(original);
  const holders = [];
  const walk = (node) => {
    if (typeof node !== "object" || node === null) return;
    for (const key of Object.keys(node)) {
      holders.push([node, key]);
      walk(node[key]);
    }
  };
  walk(copy);
  for (let changes = below(3); changes >= 0 && holders.length !== 0; changes -= 1) {
    const [node, key] = one(holders);
    if (below(4) === 0) delete node[key];
    else node[key] = value(3);
  }
  return copy;
}
function request() {
  const fixture = one(fixtures);
  const kind = below(4);
  if (kind === 0) return value();
  if (kind === 1) {
    const at = below(fixture.request.length);
    return fixture.request.slice(0, at) + one(STRINGS) + fixture.request.slice(at + below(9));
  }
  try {
    return bent(JSON.parse(fixture.request));
  } catch {
    return fixture.request;
  }
}
const settings = () => one([
  () => value(), () => ({ model: one(MODELS) }), () => bent({ ...one(fixtures).options, model: one(MODELS) }),
  () => ({ model: one(MODELS), targetInput: below(500), [one(KEYS)]: value(3) }),
])();
const catalog = () => (below(8) === 0 ? value() : undefined);

/** Something of its kind with one or two settings that are anything. */
const turned = (settings) => one([
  () => value(), () => bent(settings), () => ({ ...settings, [one(Object.keys(settings))]: value(3) }), () => settings,
])();
const load = () => turned({
  model: one(MODELS), input: 2000, maxTokens: 1000, cacheable: 500, ...one([{ outputs: [100, 300, below(5000)] }, { outputP50: 200, outputP95: 900 }]),
  limits: { tpm: 100_000, rpm: 10 }, perMinute: below(100), peakPerMinute: 60, profile: "au", sourceRegion: "ap-southeast-2",
});
const way = () => turned({ model: one(MODELS), profile: one(["au", "us", "global", null]), sourceRegion: one(["ap-southeast-2", "ap-southeast-6"]), residency: one(["anz", "nz", "none"]) });
const rules = () => turned({
  models: [one(MODELS)], kind: one(["identity", "scp-regions", "scp-require-profile", "scp-deny-global"]), profile: "au",
  sourceRegion: "ap-southeast-2", account: one(["123456789012", "1"]), residency: one(["anz", "eu"]),
});
const span = () => turned({ tpm: 1 + below(9000), rpm: below(99), tpd: below(99_999), inFlight: below(9), window: one(["sliding", "fixed-minute", "token-bucket"]) });
const time = () => one([below(200_000), below(200_000), below(200_000), odd()]);
const amount = () => one([below(3000), below(3000), odd()]);

let document;
let ledger;
const tickets = [];
const CALLS_BY_NAME = {
  plan: () => api.plan(load(), catalog()),
  route: () => api.route(way(), catalog()),
  policy: () => api.policy(rules(), catalog()),
  newLedger: () => void (ledger = new api.Ledger(span())),
  ledgerFrom: () => void (ledger = api.Ledger.fromJSON(one([ledger?.toJSON(), ledger && bent(ledger.toJSON()), value()]))),
  reserve: () => tickets.push(ledger?.reserve(time(), amount())?.ticket),
  record: () => tickets.push(ledger?.record(time(), amount())),
  settleTicket: () => ledger?.settle(time(), one([...tickets.slice(-9), value(9)]), amount()),
  release: () => ledger?.release(time(), one([...tickets.slice(-9), value(9)])),
  headroom: () => [ledger?.headroom(time()), ledger?.inFlight()],
  check: () => api.check(request(), settings(), catalog()),
  fit: () => api.fit(request(), settings(), catalog()),
  lint: () => api.lint(request(), settings()),
  settle: () => api.settle(one([settings(), { model: one(MODELS), [one(KEYS)]: value(3), input: one(NUMBERS) }]), catalog()),
  calibrate: () => api.calibrate(request(), one([value(), { usage: { inputTokens: below(5000) } }, { input_tokens: below(5000) }]), settings(), catalog()),
  countTokens: () => api.countTokens(one([one(STRINGS), odd()]), settings(), catalog()),
  models: () => api.models(catalog()),
  newDocument: () => void (document = new api.Document(one([one(STRINGS), odd()]), one([one(MODELS), odd()]), catalog())),
  edit: () => document?.edit(one([below(20), value(9)]), one([below(20), value(9)]), one([one(STRINGS), odd()])),
  tokensIn: () => document?.tokensIn(one([below(20), value(9)]), one([below(20), value(9)])),
  tokenEnds: () => document?.tokenEnds(below(20), one([below(20), value(9)])),
  read: () => [document?.text, document?.total, document?.length, document?.model],
};

test(`${CALLS} calls with anything, from seed ${SEED}`, () => {
  const refused = new Map();
  const reached = new Set();
  let answered = 0;
  for (let call = 0; call < CALLS; call += 1) {
    const name = one(Object.keys(CALLS_BY_NAME));
    try {
      CALLS_BY_NAME[name]();
      answered += 1;
      reached.add(name);
    } catch (error) {
      if (error instanceof api.CoreCrashed) assert.fail(`call ${call}, ${name}: ${error.cause?.stack ?? error}`);
      const code = error.code ?? error.name;
      refused.set(code, (refused.get(code) ?? 0) + 1);
    }
  }
  // None may be all there is, or the test would look at nothing.
  assert.ok(CALLS / 20 < answered, `${answered} answered`);
  assert.deepEqual(Object.keys(CALLS_BY_NAME).filter((name) => !reached.has(name)), [], "none is only refused");
  assert.ok(3 < refused.size, [...refused.keys()].join());
  if (process.env.TOKENLEASH_FUZZ) console.log(`${answered} answered, refused: ${JSON.stringify(Object.fromEntries(refused))}`);
});
