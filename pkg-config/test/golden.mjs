// Writes what the core really gives into build/golden.ts, where the compiler holds it to the published
// types: reports, fits, findings, settlements, counts, corrections, models. And settings: each that the
// types name is taken by the core, and what the core names in refusing another is in the types.
import { readFileSync, writeFileSync } from "node:fs";
import { calibrate, check, countTokens, fit, Ledger, lint, models, plan, policy, route, settle } from "../../pkg/full-node.js";
import { fixtures, policies, routes } from "./fixtures.mjs";

const lines = [];
const used = new Set();
const prove = (what, value, type) => {
  for (const name of type.match(/\b[A-Z][A-Za-z]+\b/g)) if (!["Required", "Omit"].includes(name)) used.add(name);
  lines.push(`// ${what}`, `(${JSON.stringify(value)}) satisfies ${type};`);
};

for (const { name, request, options, report } of fixtures) {
  prove(name, options, "CheckOptions");
  prove(name, report, "Report");
  prove(name, lint(request, options), "Note[]");
  const named = { model: report.model.id === "unknown" ? "claude-opus-4-6" : report.model.id };
  prove(name, countTokens("Kia ora", named), "TokenCount");
  const usage = { ...named, input: report.input.tokens, output: 100, limits: options.limits ?? {} };
  prove(name, usage, "Usage");
  prove(name, settle(usage), "Settlement");
  for (const targetInput of [report.input.high, Math.ceil(report.input.tokens / 2), 1]) {
    prove(`${name} in ${targetInput}`, fit(request, { ...options, targetInput }), "Fit");
  }
  const { observed, correction, ...plain } = options;
  prove(name, calibrate(request, { input_tokens: report.input.tokens + 3, output_tokens: 1 }, plain), "Correction");
}
prove("models", models(), "ModelSummary[]");
for (const { options, report } of routes) {
  prove("a route", options, "RouteOptions");
  prove("a route", report, "RouteReport");
}
const planned = JSON.parse(readFileSync(new URL("../../tests/fixtures/plan.json", import.meta.url)));
prove("a load", planned.load, "Load");
prove("a plan", plan(planned.load), "Plan");
const ledger = new Ledger({ tpm: 100, inFlight: 2 });
for (const charge of [60, 60, 101]) prove("ledger", ledger.reserve(0, charge), "Admission");
prove("ledger", ledger.settle(0, 1, 50), "Settled");
prove("ledger", ledger.headroom(0), "Room[]");
for (const { name, options, policy } of policies) {
  prove(name, options, "PolicyOptions");
  prove(name, policy, "PolicyDocument");
}

// Every setting at once, so that the compiler sees whether one is missing, and the core whether one is wrong.
const limits = {
  tpm: 1, rpm: 1, tpd: 1, inputTpm: 1, outputTpm: 1, budgetMicroUsd: 1, usedTpm: 0, usedRpm: 0, usedTpd: 0,
};
const model = "anthropic.claude-opus-4-6-v1";
const shared = { model, profile: "au", endpoint: "runtime", rates: "guide", reserveCacheReads: true, allowUnknown: true, limits };
const observed = { input_tokens: 10, output_tokens: 1 };
const checking = {
  ...shared, observed, sourceRegion: "ap-southeast-6", residency: "anz", dialect: "text", maxTokens: 10, expectedOutput: 5, cache: "warm",
  correction: { model, tools: "", expected: 1, observed: 2 },
};
const fitting = {
  ...checking, targetInput: 100, minOutput: 1, prefer: "balanced", policy: "middle-out", shorten: true, cut: "tail", marker: "…",
  keepFirst: true, keepLast: 1, pin: ["/system"], keepCachedPrefix: true, priorities: { "/messages/0": 1 }, dropUnusedTools: true,
};
const routing = { model, profile: "au", sourceRegion: "ap-southeast-6", residency: "anz" };
// Percentiles and observed lengths exclude each other.
const loading = {
  ...shared, sourceRegion: "ap-southeast-6", input: 9, cacheRead: 1, cacheWrite: 1, cacheable: 5, outputs: [1], outputP50: 1,
  outputP95: 2, maxTokens: 10, maxCutPermille: 1, perMinute: 1, peakPerMinute: 2,
};
const holding = { tpm: 1, rpm: 1, tpd: 1, window: "sliding", inFlight: 1, ticketTtlMs: 1 };
const granting = {
  kind: "identity", models: [model], profile: "au", sourceRegion: "ap-southeast-6", account: "123456789012", partition: "aws",
  applicationProfiles: ["a1"], residency: "anz",
};
const using = { ...shared, input: 1, output: 1, cacheRead: 0, cacheWrite: 0, maxTokens: 10, observed };
for (const [type, settings, take] of [
  ["Required<CheckOptions>", checking, (settings) => check("Kia ora", settings)],
  ["Required<FitOptions>", fitting, (settings) => fit("Kia ora", settings)],
  // Counts and an observed usage exclude each other.
  ["Required<Usage>", using, ({ input, output, cacheRead, cacheWrite, ...settings }) => settle(settings)],
  ["Required<RouteOptions>", routing, (settings) => route(settings)],
  ["Required<Load>", loading, ({ outputs, ...settings }) => plan(settings)],
  ["Required<LedgerLimits>", holding, (settings) => new Ledger(settings)],
  ["Required<PolicyOptions>", granting, (settings) => policy(settings)],
  ["Required<Limits>", limits, (limits) => check("Kia ora", { model, limits })],
]) {
  prove("every setting", settings, type);
  take(settings);
  const named = refusal(() => take({ ...settings, misspelt: 1 })).filter((name) => name !== "misspelt").sort();
  // A fit hands on what is not its own, so its refusals name a check's settings.
  const known = Object.keys(type.includes("Fit") ? checking : settings).sort();
  if (String(named) !== String(known)) throw new Error(`${type}: the core takes ${named}, the types have ${known}`);
}

// The words that a setting may be: those of the core's refusal of another word are those of the type.
for (const [type, field, take] of [
  ["CheckOptions", "dialect", check],
  ["CheckOptions", "endpoint", check],
  ["CheckOptions", "rates", check],
  ["CheckOptions", "cache", check],
  ["FitOptions", "prefer", fit],
  ["FitOptions", "policy", fit],
  ["FitOptions", "cut", fit],
  ["Load", "endpoint", (_, settings) => plan(settings)],
  ["Load", "rates", (_, settings) => plan(settings)],
  ["LedgerLimits", "window", (_, settings) => new Ledger({ window: settings.window })],
  ["PolicyOptions", "kind", (_, options) => policy({ ...options, model: undefined })],
]) {
  const words = refusal(() => take("Kia ora", { model, [field]: "misspelt" })).filter((word) => word !== "misspelt");
  if (words.length < 2) throw new Error(`${field}: which words are right?`);
  const union = words.map((word) => JSON.stringify(word)).join(" | ");
  lines.push(`true satisfies Same<NonNullable<${type}["${field}"]>, ${union}>;`);
}

// The names that a refusal names, in backquotes or after "use".
function refusal(call) {
  try {
    call();
  } catch (error) {
    if (error.code !== "invalid-argument") throw error;
    const use = error.message.match(/: use ([a-z, ]+) \(/);
    return use ? use[1].split(/, | or /) : [...error.message.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
  }
  throw new Error("a misspelt setting was taken");
}

const imports = `import type { ${[...used].sort().join(", ")} } from "../../pkg/index.js";`;
const same = "type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;";
writeFileSync(new URL("../build/golden.ts", import.meta.url), [imports, same, ...lines, ""].join("\n"));
