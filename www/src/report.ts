/** The report as elements. Text only ever goes in as text. */
import type { Judgement, Report, TokenleashError } from "tokenleash";

type Child = Node | string;

function element(tag: string, attributes: Record<string, string>, ...children: Child[]): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const whole = new Intl.NumberFormat("en");
const grouped = (number: number) => whole.format(number);
const dollars = (microUsd: number) =>
  new Intl.NumberFormat("en", { style: "currency", currency: "USD", maximumFractionDigits: 6 }).format(microUsd / 1e6);

/** The limits in words that need no manual. */
const LIMITS: Record<Judgement["limit"], string> = {
  "context-window": "Context window",
  "output-limit": "Longest answer",
  input: "Input you asked for",
  tpm: "Tokens per minute",
  rpm: "Requests per minute",
  tpd: "Tokens per day",
  "input-tpm": "Input tokens per minute",
  "output-tpm": "Output tokens per minute",
  cost: "Budget",
  profile: "Profile from this Region",
};

/** Shows why there is no report. */
export function showError(into: HTMLElement, error: TokenleashError): void {
  into.replaceChildren(
    element("p", { class: "verdict bad" }, "Cannot be checked yet"),
    element("p", { "data-code": error.code ?? "" }, error.message),
  );
}

/** Shows a report. */
export function showReport(into: HTMLElement, report: Report): void {
  const json = element("pre", { id: "json", tabindex: "0" }, JSON.stringify(report));
  into.replaceChildren(
    verdict(report),
    ...report.advice.map((advice) => element("p", { class: "advice", "data-code": advice.code }, advice.message)),
    numbers(report),
    limits(report.limits),
    parts(report),
    element(
      "ul",
      { class: "faint" },
      ...report.notes.map((note) => element("li", { "data-code": note.code }, note.message)),
    ),
    element("details", {}, element("summary", {}, "JSON"), json),
  );
}

function verdict(report: Report): HTMLElement {
  const way = [report.model.profile && `by ${report.model.profile}`, report.model.sourceRegion && `from ${report.model.sourceRegion}`];
  return element(
    "p",
    { class: `verdict ${report.fits ? "good" : "bad"}`, id: "verdict" },
    `${report.fits ? "Fits" : "Does not fit"}: ${[report.model.name, ...way].filter(Boolean).join(" ")}`,
  );
}

function numbers({ input, output, quota, cost }: Report): HTMLElement {
  const sure = input.low === input.high ? input.basis : `${input.basis}: ${grouped(input.low)} to ${grouped(input.high)}`;
  const row = (name: string, value: string, small: string): Child[] => [
    element("div", {}, element("dt", {}, name), element("dd", {}, value, element("small", {}, small))),
  ];
  return element(
    "dl",
    {},
    ...row("Input", `${grouped(input.tokens)} tokens`, sure),
    ...row(
      "Answer up to",
      output.maxTokens === null ? "not known" : `${grouped(output.maxTokens)} tokens`,
      output.setBy === "model" ? "max_tokens is not set" : "max_tokens",
    ),
    ...row("Reserves", grouped(quota.reservation), "at the start"),
    ...row("Finally counts", `up to ${grouped(quota.settlement.worst)}`, `output × ${quota.burndownRate}`),
    ...row("Charge to plan with", grouped(quota.charge), "the larger of the two"),
    ...row("Cost", cost ? dollars(cost.totalWorstMicroUsd) : "not known", "at most"),
  );
}

function limits(judgements: Judgement[]): HTMLElement {
  const body = judgements.map(({ limit, of, needs, fits, headroom, shortBy }) => {
    const number = (value: number | null | undefined) =>
      value === null || value === undefined ? "" : limit === "cost" ? dollars(value) : grouped(value);
    const left = fits ? `${number(headroom)} left` : shortBy === undefined ? "not offered" : `short by ${number(shortBy)}`;
    return element(
      "tr",
      { "data-limit": limit },
      element("th", { scope: "row" }, LIMITS[limit]),
      element("td", { class: "number" }, number(needs)),
      element("td", { class: "number" }, number(of)),
      element("td", { class: `number ${fits ? "good" : "bad"}` }, left),
    );
  });
  return table("Limits", ["Limit", "Needs", "Of", "Left"], body);
}

function parts({ input }: Report): HTMLElement {
  const largest = Math.max(1, input.frame, ...input.parts.map((part) => part.tokens));
  const row = (name: string, kind: string, tokens: number) =>
    element(
      "tr",
      {},
      element("td", {}, name),
      element("td", {}, kind),
      element("td", { class: "number" }, grouped(tokens)),
      element("td", {}, element("meter", { max: `${largest}`, value: `${tokens}`, "aria-label": `${tokens} tokens` })),
    );
  const shown = input.parts.slice(0, 200).map((part) => row(part.pointer || "(text)", part.kind, part.tokens));
  const rest = input.parts.slice(200).reduce((sum, part) => sum + part.tokens, 0);
  if (rest !== 0) shown.push(row(`${input.parts.length - 200} more parts`, "", rest));
  return table("Where the tokens are", ["Part", "Kind", "Tokens", ""], [...shown, row("frame", "added by the provider", input.frame)]);
}

function table(caption: string, heads: string[], body: HTMLElement[]): HTMLElement {
  const head = heads.map((name, index) =>
    name === ""
      ? element("td", {})
      : element("th", { scope: "col", ...(0 < index && name !== "Kind" ? { class: "number" } : {}) }, name),
  );
  return element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...body),
  );
}
