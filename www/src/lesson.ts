/** What an empty page shows: how Bedrock counts, by the example of its guide. */
import { byId, element } from "./element.ts";
import { figure, showVerdict } from "./answer.ts";
import { EXAMPLES } from "./examples.ts";
import type { Metered } from "./meter.ts";
import { ASSUMED_MODEL, type Page } from "./page.ts";
import { dollars, grouped } from "./words.ts";

const USAGE = { model: ASSUMED_MODEL, input: 200, output: 1000, maxTokens: 1000, limits: { tpm: 6000 } };

export async function showLesson(page: Page, showMeter: (report: Metered) => void): Promise<void> {
  // Where the core does not load, the page says so elsewhere.
  if (!(await page.ready.then(() => true, () => false))) return;
  const settled = await page.judge.call("settle", USAGE);
  if (!page.answer.empty) return;
  const { settlement, reservation, charge, burndownRate, limits, cost } = settled;
  const name = page.model(USAGE.model)?.name ?? USAGE.model;
  showVerdict("empty", "Quota is not tokens", [
    `Bedrock counts an answer several times over. ${grouped(USAGE.input)} tokens in and ${grouped(USAGE.output)} out on ${name}:`,
  ]);
  figure("input", grouped(USAGE.input), "an example");
  figure("charge", grouped(charge ?? settlement), `of ${grouped(USAGE.limits.tpm)} / min`);
  figure("cost", cost === null ? "–" : dollars(cost.totalWorstMicroUsd), "at most");
  showMeter({ quota: { reservation: reservation ?? 0, settlement: { worst: settlement }, charge: charge ?? settlement }, limits });
  byId("shares").replaceChildren(
    element("div", { class: "lesson" }, [
      element("p", { class: "sum", id: "lesson-sum" }, [
        element("b", {}, [grouped(USAGE.input)]),
        element("span", {}, ["in +"]),
        element("b", {}, [grouped(USAGE.output)]),
        element("span", {}, [`out × ${burndownRate} =`]),
        element("b", {}, [grouped(settlement)]),
        element("span", {}, ["finally count"]),
      ]),
      element("p", { class: "reason" }, [
        `A second such request in the same minute is throttled. Type or paste a prompt to see what yours takes, or start from an example:`,
      ]),
      element("div", { class: "row" }, EXAMPLES.map(({ name, load }) => element("button", { type: "button", class: "button small" }, [name], { click: () => load(page) }))),
    ]),
  );
  byId("advice").replaceChildren();
}
