// Holds our policies and our decisions to an independent IAM: @cloud-copilot/iam-policy validates and lints
// every policy that `tokenleash policy` writes, and @cloud-copilot/iam-simulate decides every request of
// tests/fixtures/iam-requests.jsonl and every step of `policy --explain` on the policies of others.
//
//   npm --prefix calibration/iam ci && node calibration/iam/oracle.mjs target/debug/tokenleash
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { lintPolicy, validateIdentityPolicy, validateServiceControlPolicy } from "@cloud-copilot/iam-policy";
import { runSimulation } from "@cloud-copilot/iam-simulate";

const [program] = process.argv.slice(2);
const root = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");
const lines = (path) => read(path).trim().split("\n").map((line) => JSON.parse(line));
const FULL = { name: "FullAWSAccess", policy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] } };
const WORDS = { Allowed: "allowed", ExplicitlyDenied: "denied", ImplicitlyDenied: "not-allowed" };

const faults = [];
const onlyDenies = (policy) => [policy.Statement].flat().every((statement) => statement.Effect === "Deny");

async function decide(policy, { action, resource, context }) {
  const given = { name: "ours", policy };
  const denies = onlyDenies(policy);
  const account = resource.split(":")[4] || "123456789012";
  const contextVariables = Object.fromEntries(Object.entries(context).filter(([, value]) => value !== null));
  const simulation = {
    request: { action, principal: `arn:aws:iam::${account}:role/caller`, resource: { resource, accountId: account }, contextVariables },
    identityPolicies: denies ? [FULL] : [given],
    serviceControlPolicies: [{ orgIdentifier: "ou-1", policies: denies ? [FULL, given] : [FULL] }],
    resourceControlPolicies: [],
  };
  // The simulator's data knows no model without a Region, so it is given one by name, on both sides.
  const found = await runSimulation(JSON.parse(JSON.stringify(simulation).replaceAll(":bedrock:::", ":bedrock:no-region::")), {});
  if (found.resultType === "error") throw new Error(`${JSON.stringify(found.errors)} for ${action} on ${resource}`);
  return WORDS[found.overallResult];
}

const policies = new Map(lines("tests/fixtures/policies.jsonl").map(({ name, policy }) => [name, policy]));
for (const [name, policy] of policies) {
  const validate = onlyDenies(policy) ? validateServiceControlPolicy : validateIdentityPolicy;
  for (const fault of [...validate(policy), ...lintPolicy(policy)]) faults.push(`${name}: ${JSON.stringify(fault)}`);
}

let decided = 0;
const hold = async (what, policy, request, ours) => {
  const theirs = await decide(policy, request);
  decided += 1;
  if (theirs !== ours) faults.push(`${what}: ours ${ours}, theirs ${theirs}: ${JSON.stringify(request)}`);
};
for (const row of lines("tests/fixtures/iam-requests.jsonl")) {
  const context = { "aws:RequestedRegion": row.requestedRegion, "bedrock:InferenceProfileArn": row.inferenceProfileArn };
  await hold(row.policy, policies.get(row.policy), { ...row, context }, row.verdict);
}

const folder = "tests/fixtures/policies/";
let undecided = 0;
for (const name of readdirSync(new URL(folder, root)).sort()) {
  const words = ["policy", "--explain", `${folder}${name}`, "--source-region", "ap-southeast-6", "--account", "123456789012", "--json"];
  const { routes } = JSON.parse(execFileSync(program, words, { cwd: root, maxBuffer: 1 << 28 }));
  const policy = JSON.parse(read(`${folder}${name}`));
  for (const step of routes.flatMap((route) => route.steps)) {
    // What depends on the caller, an oracle cannot know either.
    if (step.verdict === "depends") undecided += 1;
    else await hold(name, policy, step, step.verdict);
  }
}
console.log(`${policies.size} policies valid and linted, ${decided} decisions compared (${undecided} depend on the caller): ${faults.length} differences`);
for (const fault of faults.slice(0, 20)) console.log(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
