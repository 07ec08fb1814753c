/** What `<token-leash>` shows: built without markup in strings, so that it works under Trusted Types. */
import type { Judgement, LimitName, Report } from "./report.js";

/** @internal */
export interface Drawn {
  /** Shows a report and gives the sentence that sums it up. */
  show(report: Report | null, gauged: Judgement | undefined, broken: Judgement | undefined, level: string): string;
  fault(message: string): void;
  /** For those who listen. */
  say(message: string): void;
  readonly anchor: HTMLElement;
}

const STYLE = `
:host { display: block; font: 0.875rem/1.4 system-ui, sans-serif; }
:host([hidden]) { display: none; }
.base { outline-offset: 2px; }
.line { display: flex; flex-wrap: wrap; gap: 0 0.75em; justify-content: space-between; font-variant-numeric: tabular-nums; }
[part~="verdict"] { font-weight: 600; }
[part~="gauge"] {
  position: relative; block-size: var(--token-leash-height, 0.625em); margin-block: 0.4em; overflow: hidden;
  border-radius: var(--token-leash-radius, 1em);
  background: var(--token-leash-track, color-mix(in srgb, currentColor 16%, transparent));
}
[part~="used"], [part~="bar"], [part~="mark"], [part~="limit"] { position: absolute; inset-block: 0; }
[part~="used"] { inset-inline-start: 0; inline-size: var(--used); background: var(--token-leash-used, color-mix(in srgb, currentColor 38%, transparent)); }
[part~="bar"] { inset-inline-start: var(--used); inline-size: var(--charge); background: var(--token-leash-fits, #2f9e63); }
.near [part~="bar"] { background: var(--token-leash-near, #d98200); }
.over [part~="bar"] { background: var(--token-leash-over, #dc3d43); }
[part~="mark"] { inline-size: 2px; margin-inline-start: -2px; background: var(--token-leash-mark, CanvasText); }
[part~="reservation"] { inset-inline-start: var(--reservation); opacity: 0.55; }
[part~="settlement"] { inset-inline-start: var(--settlement); }
[part~="limit"] { inset-inline-start: var(--limit); inline-size: 2px; background: var(--token-leash-limit, CanvasText); }
[part~="legend"] { opacity: 0.8; font-variant-numeric: tabular-nums; }
[part~="advice"] { margin: 0.4em 0 0; padding-inline-start: 1.2em; }
[part~="advice"]:empty, [part~="legend"]:empty { display: none; }
.live { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (forced-colors: active) {
  [part~="gauge"] { border: 1px solid CanvasText; }
  [part~="used"], [part~="bar"] { forced-color-adjust: none; background: Highlight; }
}
`;

const WORDS: Record<LimitName, string> = {
  input: "input tokens",
  "context-window": "tokens of the context window",
  "output-limit": "output tokens",
  tpm: "tokens per minute",
  rpm: "requests per minute",
  tpd: "tokens per day",
  "input-tpm": "input tokens per minute",
  "output-tpm": "output tokens per minute",
  cost: "micro-dollars",
  profile: "inference profile",
  residency: "residency rule",
};

const shown = (number: number): string => number.toLocaleString();
const percent = (part: number, whole: number): string => `${Math.min(100, (100 * part) / whole)}%`;

let sheet: CSSStyleSheet | undefined;

/** @internal */
export function drawn(root: ShadowRoot): Drawn {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
  }
  root.adoptedStyleSheets = [sheet];
  const add = <K extends keyof HTMLElementTagNameMap>(parent: Node, tag: K, attributes: Record<string, string>) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return parent.appendChild(element);
  };
  const base = add(root, "div", { part: "base", class: "base", tabindex: "-1" });
  const line = add(base, "div", { class: "line" });
  const count = add(line, "span", { part: "count" });
  const verdict = add(line, "span", { part: "verdict" });
  const gauge = add(base, "div", { part: "gauge", role: "meter", "aria-label": "Quota", "aria-valuemin": "0", hidden: "" });
  add(gauge, "div", { part: "used" });
  add(gauge, "div", { part: "bar" });
  add(gauge, "div", { part: "mark reservation" });
  add(gauge, "div", { part: "mark settlement" });
  const limit = add(gauge, "div", { part: "limit" });
  const legend = add(base, "div", { part: "legend" });
  const advice = add(base, "ul", { part: "advice" });
  const live = add(base, "div", { class: "live", role: "status" });

  const clear = () => {
    base.classList.remove("near", "over");
    gauge.hidden = true;
    for (const element of [count, verdict, legend, advice]) element.replaceChildren();
  };

  const measure = (report: Report, gauged: Judgement) => {
    const of = gauged.of ?? 0;
    const needs = gauged.needs ?? 0;
    const whole = Math.max(of, gauged.used + needs);
    // What the marks show is a tokens-per-minute matter; elsewhere they stand at the end of the bar.
    const isQuota = gauged.limit === "tpm";
    const reservation = isQuota ? report.quota.reservation : needs;
    const settlement = isQuota ? report.quota.settlement.worst : needs;
    for (const [name, value] of Object.entries({ used: gauged.used, charge: needs })) gauge.style.setProperty(`--${name}`, percent(value, whole));
    for (const [name, value] of Object.entries({ reservation, settlement })) gauge.style.setProperty(`--${name}`, percent(gauged.used + value, whole));
    gauge.style.setProperty("--limit", percent(of, whole));
    limit.hidden = whole === of;
    gauge.setAttribute("aria-valuemax", String(of));
    gauge.setAttribute("aria-valuenow", String(Math.min(of, gauged.used + needs)));
    const taken = Math.round((100 * (gauged.used + needs)) / of);
    gauge.setAttribute("aria-valuetext", `${shown(gauged.used + needs)} of ${shown(of)} ${WORDS[gauged.limit]}, ${taken} percent`);
    gauge.hidden = false;
    const used = gauged.used === 0 ? "" : `${shown(gauged.used)} used, `;
    legend.textContent = isQuota
      ? `${used}reserves ${shown(reservation)}, finally counts up to ${shown(settlement)}, of ${shown(of)} ${WORDS.tpm}`
      : `${used}${shown(needs)} of ${shown(of)} ${WORDS[gauged.limit]}`;
  };

  return {
    anchor: base,
    show(report, gauged, broken, level) {
      clear();
      if (!report) return "";
      const { tokens, low, high, basis } = report.input;
      count.textContent = low === high || basis !== "estimated" ? `${shown(tokens)} tokens` : `about ${shown(tokens)} tokens (${shown(low)} to ${shown(high)})`;
      const by = broken?.shortBy === undefined ? "" : `over by ${shown(broken.shortBy)} `;
      const message = broken ? `does not fit: ${by}${WORDS[broken.limit]}` : level === "near" ? "fits, closely" : "fits";
      verdict.textContent = `${broken ? "✕" : "✓"} ${message}`;
      if (level === "near" || level === "over") base.classList.add(level);
      if (gauged) measure(report, gauged);
      for (const { message } of report.advice) add(advice, "li", {}).textContent = message;
      return `${count.textContent}: ${message}`;
    },
    fault(message) {
      clear();
      verdict.textContent = message;
    },
    say: (message) => live.replaceChildren(message),
  };
}
