// The requests that every face of tokenleash is held to, with the reports they must give.
import { readFileSync, readdirSync } from "node:fs";

const folder = new URL("../../tests/fixtures/requests/", import.meta.url);
const read = (name, file) => readFileSync(new URL(`${name}/${file}`, folder), "utf8");

/** `small` says whether the core without tiktoken's vocabularies gives the same report. */
export const fixtures = readdirSync(folder).map((name) => {
  const report = JSON.parse(read(name, "report.json"));
  const small = /^(anthropic|unknown)/.test(report.model.id) && report.model.id !== "unknown";
  return { name, request: read(name, "request"), options: JSON.parse(read(name, "options.json")), report, small };
});

/** Routes and policies that are asked for, with the answers they must get. */
const lines = (name) => readFileSync(new URL(`../../tests/fixtures/${name}.jsonl`, import.meta.url), "utf8").trim().split("\n");
export const routes = lines("routes").map((line) => JSON.parse(line));
export const policies = lines("policies").map((line) => JSON.parse(line));
