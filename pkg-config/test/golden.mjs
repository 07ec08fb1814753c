// Writes the golden reports into golden.ts, where the compiler holds them to the published types.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";

const fixtures = new URL("../../tests/fixtures/requests/", import.meta.url);
const lines = ['import type { CheckOptions, Report } from "../../pkg/index.js";', ""];
for (const name of readdirSync(fixtures)) {
  const read = (file) => readFileSync(new URL(`${name}/${file}`, fixtures), "utf8").trim();
  lines.push(`// ${name}`, `(${read("options.json")}) satisfies CheckOptions;`, `(${read("report.json")}) satisfies Report;`, "");
}
writeFileSync(new URL("golden.ts", import.meta.url), lines.join("\n"));
