/** The answer and the request to take away: for programs, for people, as code. */
import type { Report } from "tokenleash";
import { copyText, download } from "./carry.ts";
import { element } from "./element.ts";
import type { Page } from "./page.ts";
import type { Panel } from "./panels.ts";
import { awsCli, javascript, python, rust, type Sent } from "./snippets.ts";
import { dollars, grouped, LIMITS } from "./words.ts";

const FORMS: Record<string, { name: string; says: string; file: string; write(sent: Sent): string }> = {
  json: { name: "Report, JSON", says: "The whole report, as the command line prints it with --json.", file: "report.json", write: ({ report }) => JSON.stringify(report, null, 2) },
  markdown: { name: "Summary, Markdown", says: "For a pull request or a wiki page.", file: "summary.md", write: ({ report }) => markdown(report) },
  python: { name: "Call it: Python, boto3", says: "The call with the chosen model, way and max_tokens.", file: "call.py", write: python },
  cli: { name: "Call it: AWS CLI", says: "The call with the chosen model, way and max_tokens.", file: "call.sh", write: awsCli },
  javascript: { name: "Check it: JavaScript", says: "The same check with the npm package tokenleash.", file: "check.mjs", write: javascript },
  rust: { name: "Check it: Rust", says: "The same check with the crate tokenleash.", file: "main.rs", write: rust },
};

export const exportPanel: Panel = {
  id: "export",
  name: "Export",
  build(host, page) {
    const choice = element("select", { "aria-label": "What to export" }, Object.entries(FORMS).map(([id, { name }]) => element("option", { value: id }, [name])));
    const says = element("p", { class: "hint" });
    const code = element("pre", { class: "code", id: "export-text", tabindex: 0, "aria-label": "Export" });
    const copy = element("button", { type: "button", class: "button main" }, ["Copy"], { click: () => void copyText(page, code.textContent ?? "") });
    const save = element("button", { type: "button", class: "button" }, ["Download"], { click: () => download(form().file, code.textContent ?? "") });
    const form = () => FORMS[choice.value]!;
    let last = "";
    const show = async () => {
      const { report, current } = page.answer;
      copy.disabled = save.disabled = report === undefined;
      says.textContent = form().says;
      code.dataset.current = "false";
      if (report === undefined) {
        last = code.textContent = "";
        return;
      }
      const text = form().write({ text: await withMaxTokens(page), options: page.options(), report });
      // Only text that differs is laid out again.
      if (text !== last) last = code.textContent = text;
      code.dataset.current = String(current && report === page.answer.report);
    };
    const tryShow = () => void show().catch((error: Error) => (last = code.textContent = `${error.message}.`));
    choice.addEventListener("change", tryShow);
    host.append(element("div", { class: "line wide" }, [choice]), says, code, element("div", { class: "row" }, [copy, save]));
    return tryShow;
  },
};

/** The text with the max_tokens of the settings written into it. */
async function withMaxTokens(page: Page): Promise<string> {
  const { maxTokens } = page.settings.options;
  if (maxTokens === undefined || page.answer.report?.dialect === "text") return page.editor.text;
  const { limits: _, ...options } = page.options();
  return (await page.judge.call("fit", options)).request;
}

function markdown(report: Report): string {
  const { model, input, output, quota, cost, limits, advice, notes } = report;
  const way = [model.name, model.profile && `by \`${model.profile}\``, model.sourceRegion && `from \`${model.sourceRegion}\``].filter(Boolean).join(" ");
  const range = input.low === input.high ? input.basis : `${input.basis}, ${grouped(input.low)} to ${grouped(input.high)}`;
  const rows = limits.map(({ limit, of, used, needs, fits, headroom, shortBy }) => {
    const number = (value: number | null | undefined) => (value == null ? "" : limit === "cost" ? dollars(value) : grouped(value));
    const left = fits ? `${number(headroom)} left` : shortBy === undefined ? "not offered" : `**${number(shortBy)} over**`;
    return `| ${LIMITS[limit]} | ${number(needs === null ? null : needs + used)} | ${number(of)} | ${left} |`;
  });
  return [
    `**${report.fits ? "Fits" : "Does not fit"}**: ${way}`,
    "",
    `- Input: ${grouped(input.tokens)} tokens (${range})`,
    `- Answer: ${output.maxTokens === null ? "no limit known" : `up to ${grouped(output.maxTokens)} tokens`}`,
    `- Quota: reserves ${grouped(quota.reservation)}, finally counts up to ${grouped(quota.settlement.worst)} (output × ${quota.burndownRate}), charge ${grouped(quota.charge)}`,
    `- Cost: ${cost === null ? "not known" : `${dollars(cost.totalWorstMicroUsd)} at most`}`,
    "",
    "| Limit | Needs | Of | |",
    "| --- | ---: | ---: | ---: |",
    ...rows,
    ...(advice.length === 0 ? [] : ["", ...advice.map(({ message }) => `- Advice: ${message}`)]),
    ...(notes.length === 0 ? [] : ["", ...notes.map(({ message }) => `- Note: ${message}`)]),
    "",
    `tokenleash, catalog of ${report.catalogVersion}`,
    "",
  ].join("\n");
}
