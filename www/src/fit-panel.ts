/** A request made to fit: a budget, a preview as a difference, the receipt, and then applied or not. */
import type { Cut, Fit, FitOptions } from "tokenleash";
import { latest } from "./core.ts";
import { table } from "./details-panel.ts";
import { byId, element, say } from "./element.ts";
import { numberOf } from "./fields.ts";
import type { Page } from "./page.ts";
import type { Panel } from "./panels.ts";
import { grouped, LIMITS, sentence, tokens } from "./words.ts";

export const fitPanel: Panel = {
  id: "fit",
  name: "Make it fit",
  build(host, page) {
    const slider = element("input", { type: "range", id: "fit-budget", min: 0, step: 1, "aria-describedby": "fit-budget-says" });
    const budgetSays = element("output", { id: "fit-budget-says", for: "fit-budget", class: "big" });
    const policy = choice("Goes first", [["oldest-first", "the oldest exchange"], ["tool-results-first", "long tool results"], ["middle-out", "the middle"]]);
    const prefer = choice("Gives way first", [["cap", "the answer's limit"], ["trim", "the history"], ["balanced", "both alike"]]);
    const least = element("input", { id: "fit-least", inputmode: "numeric", class: "number", autocomplete: "off", placeholder: "256" });
    const keep = element("input", { id: "fit-keep", inputmode: "numeric", class: "number", autocomplete: "off", placeholder: "0" });
    const [shorten, first, tools] = [check("fit-shorten", true), check("fit-first"), check("fit-tools")];
    const preview = element("button", { type: "button", class: "button main", id: "fit-preview" }, ["Preview"]);
    const apply = element("button", { type: "button", class: "button main", id: "fit-apply", hidden: true }, ["Apply"]);
    const discard = element("button", { type: "button", class: "button", id: "fit-discard", hidden: true }, ["Discard"]);
    const undo = element("button", { type: "button", class: "button", id: "fit-undo", hidden: true }, ["Undo"]);
    const receipt = element("div", { id: "fit-receipt", class: "receipt", role: "status" });
    const buttons = element("div", { class: "row" }, [preview, apply, discard, undo]);
    const form = element("form", { class: "lines", "aria-label": "What may go" }, [
      element("div", { class: "line value-beside" }, [
        element("label", { for: "fit-budget" }, ["Input at most", element("small", {}, ["All the way to the right, only your limits hold."])]),
        slider,
        budgetSays,
      ]),
      buttons,
      element("details", { class: "lines" }, [
        element("summary", {}, ["What goes first, and what stays"]),
        labelled("Gives way first", prefer),
        labelled("Of the history goes first", policy),
        labelled("Shortest answer to leave", least),
        labelled("Last exchanges kept word for word", keep),
        labelled("Texts may be shortened", shorten),
        labelled("Keep the first exchange", first),
        labelled("Drop tools nobody uses", tools),
      ]),
    ]);
    host.append(
      element("p", { class: "hint" }, ["The answer's limit comes down first, then the history is trimmed. The system prompt and the last question stay, and the request stays valid."]),
      form,
      receipt,
    );

    let fitted: Fit<string> | undefined;
    let asked = -1;
    let applied = -1;

    const options = (): FitOptions => {
      const target = Number(slider.value);
      const number = (field: HTMLInputElement) => numberOf(field.value.trim());
      const found: FitOptions = {
        ...page.options(),
        policy: policy.value as NonNullable<FitOptions["policy"]>,
        prefer: prefer.value as NonNullable<FitOptions["prefer"]>,
        shorten: shorten.checked,
        keepFirst: first.checked,
        dropUnusedTools: tools.checked,
      };
      if (target < Number(slider.max)) found.targetInput = target;
      const [leastOutput, keepLast] = [number(least), number(keep)];
      if (leastOutput !== undefined) found.minOutput = leastOutput;
      if (keepLast !== undefined) found.keepLast = keepLast;
      return found;
    };

    const close = () => {
      fitted = undefined;
      hideDifference();
      preview.hidden = false;
      apply.hidden = discard.hidden = true;
    };

    const run = latest(async () => {
      const revision = page.editor.revision;
      try {
        const fit = await page.judge.call("fit", options());
        if (revision !== page.editor.revision) return;
        [fitted, asked] = [fit, revision];
        receipt.replaceChildren(...receiptOf(fit));
        undo.hidden = true;
        if (fit.changed && fit.fits) {
          await showDifference(page, fit.request);
          preview.hidden = true;
          apply.hidden = discard.hidden = false;
        } else {
          hideDifference();
          preview.hidden = false;
          apply.hidden = discard.hidden = true;
        }
      } catch (error) {
        close();
        receipt.replaceChildren(element("p", { class: "bad" }, [sentence((error as Error).message)]));
      }
    });

    preview.addEventListener("click", () => void run());
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => {
      sayBudget();
      if (fitted !== undefined) void run();
    });
    discard.addEventListener("click", () => {
      close();
      receipt.replaceChildren();
      preview.focus();
    });
    apply.addEventListener("click", () => {
      if (fitted === undefined || asked !== page.editor.revision) return;
      const { request, before, after } = fitted;
      close();
      page.settings.set({ maxTokens: undefined });
      page.editor.replaceAll(request);
      applied = page.editor.revision;
      undo.hidden = false;
      undo.focus();
      page.notify(`Applied: ${tokens(before.tokens)} are ${grouped(after.tokens)} now.`);
    });
    undo.addEventListener("click", () => {
      page.editor.undo();
      undo.hidden = true;
      receipt.replaceChildren();
      page.notify("The request is as it was.");
    });

    const sayBudget = () => {
      const whole = slider.value === slider.max;
      say(budgetSays, whole ? "no target" : tokens(Number(slider.value)));
      slider.setAttribute("aria-valuetext", whole ? "No target, only your limits" : tokens(Number(slider.value)));
    };
    return ({ report, current }) => {
      preview.disabled = report === undefined;
      if (report === undefined || !current) return;
      const whole = slider.value === slider.max;
      slider.max = String(report.input.high);
      if (whole || Number(slider.value) > report.input.high) slider.value = slider.max;
      sayBudget();
      if (applied !== -1 && page.editor.revision !== applied) undo.hidden = true;
      // A preview of a text that is no longer there would mislead.
      if (fitted !== undefined && asked !== page.editor.revision) {
        close();
        receipt.replaceChildren();
      }
    };
  },
};

const choice = (name: string, options: [string, string][]) =>
  element("select", { "aria-label": name }, options.map(([value, words]) => element("option", { value }, [words])));
const check = (id: string, checked = false) => element("input", { type: "checkbox", id, checked });

function labelled(name: string, field: HTMLInputElement | HTMLSelectElement): HTMLElement {
  field.id ||= `fit-${name.toLowerCase().replaceAll(/\W+/g, "-")}`;
  return element("div", { class: `line${field instanceof HTMLInputElement && field.type === "checkbox" ? " switch" : ""}` }, [element("label", { for: field.id }, [name]), field]);
}

function receiptOf({ fits, changed, before, after, cuts, conflict, notes, cache, removed }: Fit<string>): HTMLElement[] {
  if (conflict !== null) {
    const unmet = conflict.limits.map(({ limit, of, smallest }) =>
      of === null || smallest === null ? LIMITS[limit] : `${LIMITS[limit]}: ${grouped(of)} is set, ${grouped(smallest)} is the least that would do`);
    return [
      element("p", { class: "big bad" }, ["Nothing fits"]),
      element("p", {}, [`Even the smallest valid request needs ${tokens(conflict.smallestInput)} of input.`]),
      element("ul", { class: "notes" }, [...unmet, ...conflict.pinned.map(({ pointer, tokens: kept, reason }) => `${pointer} stays (${tokens(kept)}): ${reason}`)].map((words) => element("li", {}, [sentence(words)]))),
    ];
  }
  if (!changed) return [element("p", { class: fits ? "good" : "bad" }, [fits ? "It fits as it is. Nothing has to go." : "Nothing can be changed about that."])];
  const row = (name: string, one: number | null, other: number | null) =>
    one === null && other === null ? undefined : element("tr", {}, [element("th", { scope: "row" }, [name]), element("td", { class: "number" }, [one === null ? "" : grouped(one)]), element("td", { class: "number" }, [other === null ? "" : grouped(other)])]);
  const sizes = [row("Input", before.tokens, after.tokens), row("max_tokens", before.maxTokens, after.maxTokens), row("Takes from quota", before.charge, after.charge)].filter((made) => made !== undefined);
  const gone = cuts.map(({ pointer, action, reason, tokensBefore, tokensAfter }: Cut) =>
    element("tr", {}, [
      element("td", { class: "part-name", title: reason }, [pointer === "" ? "text" : pointer, element("small", { class: "why" }, [`${action}: ${reason}`])]),
      element("td", { class: "number" }, [grouped(tokensBefore)]),
      element("td", { class: "number" }, [grouped(tokensAfter)]),
    ]));
  const more = [
    cache !== null && `The cached prefix is ${grouped(cache.prefixAfter)} tokens long then, ${grouped(cache.prefixBefore)} before.`,
    removed.frame + removed.seams !== 0 && `What the provider adds around the parts changes by ${grouped(removed.frame + removed.seams)}.`,
    ...notes.map(({ message }) => message),
  ].filter((words) => words !== false);
  return [
    table("The receipt", ["", "Before", "After"], sizes),
    ...(gone.length === 0 ? [] : [table("What was given up", ["Where", "Before", "After"], gone)]),
    ...(more.length === 0 ? [] : [element("ul", { class: "notes" }, more.map((words) => element("li", {}, [sentence(words)])))]),
  ];
}

let taken: (() => void) | undefined;

async function showDifference(page: Page, after: string): Promise<void> {
  const host = byId("difference");
  const [{ showDifference: show }, [one, other]] = await Promise.all([import("./editor/difference.ts"), page.judge.call("readable", after)]);
  taken?.();
  host.hidden = false;
  taken = show(host, one, other);
}

function hideDifference(): void {
  taken?.();
  taken = undefined;
  byId("difference").hidden = true;
}
