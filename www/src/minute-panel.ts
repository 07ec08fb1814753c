/** Minutes of such requests: when the quota runs out, and what limit on the answer avoids that. */
import type { Report, Usage } from "tokenleash";
import { setMaxTokens } from "./advice.ts";
import { drawn, element, say, type Child } from "./element.ts";
import { numberOf } from "./fields.ts";
import { latest } from "./core.ts";
import { MINUTES, MOST_PER_MINUTE, type MinuteQuestion, type Minutes } from "./minute.ts";
import type { Page } from "./page.ts";
import type { Panel } from "./panels.ts";
import { grouped, short } from "./words.ts";

const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM] = [460, 190, 44, 24, 30];

export const minutePanel: Panel = {
  id: "minute",
  name: "Per minute",
  build(host, page) {
    const slider = element("input", { type: "range", id: "rate", min: 1, step: 1, value: 10 });
    const rate = element("output", { for: "rate", class: "big" });
    const lasts = element("input", { id: "lasts", inputmode: "numeric", class: "number", value: "10", autocomplete: "off" });
    const length = element("select", { id: "length" }, [element("option", { value: "worst" }, ["the longest"]), element("option", { value: "expected" }, ["as you expect"])]);
    const figure = element("div", { class: "timeline" });
    const words = element("div", { class: "lines", id: "minute-words", role: "status" });
    const form = element("form", { class: "lines", "aria-label": "Requests like this" }, [
      element("div", { class: "line value-beside" }, [element("label", { for: "rate" }, ["Requests like this one, evenly spread"]), slider, rate]),
      words,
      figure,
      element("div", { class: "line" }, [element("label", { for: "lasts" }, ["Seconds each one takes"]), lasts]),
      element("div", { class: "line" }, [element("label", { for: "length" }, ["Answers are"]), length]),
    ]);
    host.append(form);
    const hint = element("p", { class: "hint" });

    const ask = latest((question: MinuteQuestion) => page.judge.call("minutes", question));
    let asked = "";
    const show = async () => {
      const { report, current } = page.answer;
      const question = report && questionOf(page, report, Number(slider.value), (numberOf(lasts.value) ?? 10) * 1000, length.value === "expected");
      if (typeof question !== "object") {
        say(hint, question ?? "Once there is a prompt, this shows how many such requests a minute has room for.");
        if (hint.parentNode !== host) host.replaceChildren(hint);
        asked = "";
        return;
      }
      if (!current) return;
      if (form.parentNode !== host) host.replaceChildren(form);
      length.options[1]!.disabled = report!.output.expected === null;
      if (report!.output.expected === null) length.value = "worst";
      const print = JSON.stringify(question);
      if (print === asked) return;
      asked = print;
      say(rate, `${grouped(question.perMinute)} a minute`);
      const found = await ask(question);
      if (found === undefined || asked !== print) return;
      figure.replaceChildren(timeline(found, question.limits.tpm!));
      words.replaceChildren(...summary(found, question, page));
      // The slider reaches well beyond what goes, and stays where it is.
      slider.max = String(Math.min(MOST_PER_MINUTE, Math.max(20, 3 * found.mostPerMinute, question.perMinute)));
    };
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => void show());
    return () => void show();
  },
};

/** The question to the core, or in words why there is none. */
function questionOf(page: Page, report: Report, perMinute: number, lastsMs: number, expected: boolean): MinuteQuestion | string {
  const { input, output, quota, limits, model } = report;
  const limit = (name: string) => limits.find(({ limit }) => limit === name)?.of ?? undefined;
  const tpm = limit(quota.endpoint === "mantle" ? "input-tpm" : "tpm");
  if (tpm === undefined) return "No quota a minute is known for this model: set yours above.";
  if (output.maxTokens === null) return "The longest answer is not known: set max_tokens above.";
  const { rates, endpoint, reserveCacheReads, allowUnknown } = page.options();
  const usage: Usage = {
    model: model.id,
    input: input.tokens - input.cacheRead - input.cacheWrite,
    cacheRead: input.cacheRead,
    cacheWrite: input.cacheWrite,
    ...(model.profile === null ? {} : { profile: model.profile }),
    ...Object.fromEntries(Object.entries({ rates, endpoint, reserveCacheReads, allowUnknown }).filter(([, value]) => value !== undefined)),
  };
  const rpm = limit("rpm");
  return {
    usage,
    maxTokens: output.maxTokens,
    output: expected ? (output.expected ?? output.maxTokens) : output.maxTokens,
    limits: { tpm, ...(rpm === undefined ? {} : { rpm }) },
    perMinute,
    lastsMs,
  };
}

const clock = (ms: number) => `${Math.floor(ms / 60_000)}:${String(Math.floor((ms % 60_000) / 1000)).padStart(2, "0")}`;

function summary({ sent, throttledMs, mostPerMinute, largestMaxTokens }: Minutes, { perMinute, maxTokens }: MinuteQuestion, page: Page): HTMLElement[] {
  const first = throttledMs[0];
  const lines: Child[][] = [
    first === undefined
      ? [element("b", { class: "good" }, ["None is throttled"]), ` of ${grouped(sent)} in ${MINUTES} minutes.`]
      : [element("b", { class: "bad" }, [`${grouped(throttledMs.length)} of ${grouped(sent)} are throttled`]), ` in ${MINUTES} minutes, the first at ${clock(first)}.`],
    [mostPerMinute === 0 ? "Not even one a minute goes through." : `Up to ${mostPerMinute === MOST_PER_MINUTE ? "more than " : ""}${grouped(mostPerMinute)} a minute go through.`],
  ];
  if (first !== undefined) {
    lines.push(
      largestMaxTokens === undefined
        ? [`No max_tokens lets ${grouped(perMinute)} a minute through: the input alone is too much.`]
        : [
            `With max_tokens of ${grouped(largestMaxTokens)} in place of ${grouped(maxTokens)} none would be. `,
            element("button", { type: "button", class: "button small" }, [`Set ${grouped(largestMaxTokens)}`], { click: () => void setMaxTokens(page, largestMaxTokens) }),
          ],
    );
  }
  return lines.map((line) => element("p", {}, line));
}

/** Three minutes as a picture: what is settled, what is reserved, the limit, and what was throttled. */
function timeline({ samples, throttledMs }: Minutes, tpm: number): SVGElement {
  const most = Math.max(tpm * 1.12, ...samples.map(({ used }) => used));
  const x = (ms: number) => LEFT + ((WIDTH - LEFT - 8) * ms) / (MINUTES * 60_000);
  const y = (amount: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - amount / most);
  const area = (upper: (sample: Minutes["samples"][number]) => number, lower: (sample: Minutes["samples"][number]) => number) =>
    `M${samples.map((sample) => `${x(sample.ms)},${y(upper(sample)).toFixed(1)}`).join("L")}L${samples.toReversed().map((sample) => `${x(sample.ms)},${y(lower(sample)).toFixed(1)}`).join("L")}Z`;
  const label = (words: string, at: { x: number; y: number; "text-anchor"?: string; class?: string }) => drawn("text", at, [words]);
  const minutes = Array.from({ length: MINUTES + 1 }, (_, minute) => minute * 60_000);
  const base = HEIGHT - BOTTOM;
  // As many marks as there are places for them.
  const marks = new Set(throttledMs.map((ms) => Math.round(x(ms) / 2) * 2));
  return drawn(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `Quota used over ${MINUTES} minutes, of ${grouped(tpm)} tokens per minute; the words below say the same` },
    [
      ...minutes.map((ms) => drawn("line", { class: "grid", x1: x(ms), x2: x(ms), y1: TOP, y2: base })),
      drawn("path", { class: "settled", d: area(({ used, reserved }) => used - reserved, () => 0) }),
      drawn("path", { class: "reserved", d: area(({ used }) => used, ({ used, reserved }) => used - reserved) }),
      drawn("line", { class: "limit", x1: LEFT, x2: WIDTH - 8, y1: y(tpm), y2: y(tpm) }),
      label(short(tpm), { x: LEFT - 6, y: y(tpm) + 4, "text-anchor": "end" }),
      label("0", { x: LEFT - 6, y: base + 4, "text-anchor": "end" }),
      ...[...marks].map((at) => drawn("line", { class: "throttled", x1: at, x2: at, y1: base + 3, y2: base + 10 })),
      ...minutes.map((ms) => label(clock(ms), { x: x(ms), y: HEIGHT - 8, "text-anchor": ms === 0 ? "start" : ms === MINUTES * 60_000 ? "end" : "middle" })),
      drawn("rect", { class: "reserved", x: LEFT, y: 1, width: 9, height: 9, rx: 2 }),
      label("reserved for those under way", { x: LEFT + 14, y: 10 }),
      drawn("rect", { class: "settled", x: LEFT + 190, y: 1, width: 9, height: 9, rx: 2 }),
      label("settled", { x: LEFT + 204, y: 10 }),
      drawn("line", { class: "throttled", x1: LEFT + 264, x2: LEFT + 264, y1: 1, y2: 10 }),
      label("throttled", { x: LEFT + 271, y: 10 }),
    ],
  );
}
