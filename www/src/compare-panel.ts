/** The same prompt on several models. */
import type { CheckOptions, Report } from "tokenleash";
import { element } from "./element.ts";
import { latest } from "./core.ts";
import type { Page } from "./page.ts";
import type { Panel } from "./panels.ts";
import { dollars, grouped } from "./words.ts";
import type { Outcome } from "./worker.ts";

const FIRST = ["anthropic.claude-opus-4-6-v1", "anthropic.claude-sonnet-4-6", "anthropic.claude-haiku-4-5-20251001-v1:0", "amazon.nova-2-lite-v1:0"];

export const comparePanel: Panel = {
  id: "compare",
  name: "Compare",
  build(host, page) {
    let ids = page.settings.looks.compared ?? FIRST;
    const add = element("select", { "aria-label": "Add a model", id: "compare-add" }, [
      element("option", { value: "" }, ["Add a model…"]),
      ...page.models.map(({ id, name }) => element("option", { value: id }, [name])),
    ]);
    const rows = element("tbody");
    const says = element("p", { class: "hint" });
    const head = ["Model", "Input", "From quota", "A minute", "Costs"].map((name, index) => element("th", { scope: "col", class: index === 0 ? undefined : "number" }, [name]));
    host.append(
      element("p", { class: "hint" }, ["The same text and settings on each. “A minute” is how many such requests fit into one, if all are as long as they may be."]),
      element("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": "Models side by side" }, [
        element("table", { id: "compared" }, [element("caption", { class: "unseen" }, ["Models side by side"]), element("thead", {}, [element("tr", {}, [...head, element("td", { class: "narrow" })])]), rows]),
      ]),
      add,
      says,
    );
    const keep = (next: string[]) => {
      ids = next;
      page.settings.setLooks({ compared: ids });
      shown = undefined;
      void show();
    };
    add.addEventListener("change", () => {
      if (add.value !== "" && !ids.includes(add.value)) keep([...ids, add.value]);
      add.value = "";
    });

    let shown: Report | undefined;
    const ask = latest((each: CheckOptions[]) => page.judge.call("compare", each));
    const show = async () => {
      const { report, current } = page.answer;
      if (report === undefined) {
        shown = undefined;
        rows.replaceChildren();
        says.textContent = "There is nothing to compare yet.";
        return;
      }
      says.textContent = "";
      if (!current || report === shown) return;
      shown = report;
      const { observed: _, correction: __, ...options } = page.options();
      const profile = options.profile ?? report.model.profile ?? undefined;
      const each = ids.map((model): CheckOptions => ({ ...options, model, ...(profile === undefined ? {} : { profile }) }));
      if (rows.childElementCount !== ids.length) {
        // Rows of the height they will have.
        rows.replaceChildren(...ids.map((id) => element("tr", {}, [element("th", { scope: "row" }, [page.model(id)?.name ?? id]), element("td", { colspan: 5, class: "number" }, ["…"])])));
      }
      const found = await ask(each);
      if (found === undefined) return;
      rows.replaceChildren(...found.map((outcome, index) => row(page, ids[index]!, outcome, report, () => keep(ids.filter((id) => id !== ids[index])))));
    };
    return () => void show();
  },
};

/** To a hundredth of a cent, and never below what it costs. */
const roundedUp = (microUsd: number) => Math.ceil(microUsd / 100) * 100;

/** How many such requests fit into a minute: the least over the limits of a minute. */
function perMinute({ limits }: Report): number | undefined {
  const each = limits.flatMap(({ limit, of, needs }) => (/pm$/.test(limit) && of !== null && needs ? [Math.floor(of / needs)] : []));
  return each.length === 0 ? undefined : Math.min(...each);
}

function row(page: Page, id: string, outcome: Outcome, base: Report, remove: () => void): HTMLElement {
  const name = page.model(id)?.name ?? id;
  const chosen = base.model.id === id;
  const close = element("td", { class: "narrow" }, [element("button", { type: "button", class: "button quiet", "aria-label": `Remove ${name}` }, ["×"], { click: remove })]);
  const use = element("button", { type: "button", class: "link", title: `Use ${name}`, disabled: chosen }, [name], { click: () => page.settings.set({ model: id }) });
  const head = element("th", { scope: "row" }, [chosen ? element("b", {}, [name]) : use]);
  if ("fault" in outcome) return element("tr", {}, [head, element("td", { colspan: 4, class: "soft" }, [outcome.fault.message]), close]);
  const { report } = outcome;
  const { input, quota, cost } = report;
  const minute = perMinute(report);
  const offered = report.limits.every(({ limit, fits }) => limit !== "profile" || fits);
  const number = (words: string, style = "", small?: string) =>
    element("td", { class: `number ${style}` }, [words, small !== undefined && element("small", { class: "why" }, [small])]);
  return element("tr", {}, [
    head,
    number(grouped(input.tokens), "", input.low === input.high ? undefined : `${grouped(input.low)} to ${grouped(input.high)}`),
    number(grouped(quota.charge), report.fits ? "" : "bad"),
    number(offered ? (minute === undefined ? "–" : grouped(minute)) : "not offered", minute === 0 || !offered ? "bad" : ""),
    number(cost === null ? "–" : dollars(roundedUp(cost.totalWorstMicroUsd))),
    close,
  ]);
}
