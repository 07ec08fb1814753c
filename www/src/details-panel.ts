/** Everything the report says: advice, limits, parts, notes. */
import type { Judgement, Report } from "tokenleash";
import { adviceItem } from "./answer.ts";
import { element } from "./element.ts";
import type { Page } from "./page.ts";
import type { Panel } from "./panels.ts";
import { GROUPS, groupsOf } from "./shares.ts";
import { dollars, grouped, KINDS, LIMITS, sentence } from "./words.ts";

/** More rows than anyone reads would only make every key slower. */
const SHOWN_PARTS = 100;

export const detailsPanel: Panel = {
  id: "details",
  name: "Details",
  build(host, page) {
    let shown: Report | undefined;
    return ({ report, empty }) => {
      if (report === undefined) {
        shown = undefined;
        host.replaceChildren(
          element("p", { class: "hint" }, [
            empty ? "Limits, parts and notes are listed here once there is a prompt." : "There is nothing to list until the text can be read.",
          ]),
        );
        return;
      }
      if (report === shown) return;
      shown = report;
      const more = report.advice.slice(2);
      host.replaceChildren(
        ...more.map((advice) => adviceItem(advice, page)),
        limits(report.limits),
        parts(report, page),
        ...(report.notes.length === 0 ? [] : [notes(report, page)]),
      );
    };
  },
};

function limits(judgements: Judgement[]): HTMLElement {
  const rows = judgements.map(({ limit, setBy, of, used, needs, fits, headroom, shortBy }) => {
    const number = (value: number | null | undefined) => (value == null ? "" : limit === "cost" ? dollars(value) : grouped(value));
    const left = fits ? number(headroom) : shortBy === undefined ? "not offered" : `−${number(shortBy)}`;
    return element("tr", { "data-limit": limit }, [
      element("th", { scope: "row" }, [LIMITS[limit]]),
      element("td", { class: "number" }, [number(needs === null ? null : needs + used)]),
      element("td", { class: "number", title: setBy === "catalog" ? "By AWS's defaults or the model" : "By your settings" }, [number(of)]),
      element("td", { class: `number ${fits ? "good" : "bad"}` }, [left]),
    ]);
  });
  return table("Limits", ["Limit", "Needs", "Of", "Left"], rows);
}

function parts(report: Report, page: Page): HTMLElement {
  const { input } = report;
  const groupOf = groupsOf(input.parts);
  const largest = input.parts.map((part, index) => ({ part, index })).sort((one, other) => other.part.tokens - one.part.tokens);
  const kept = largest.slice(0, SHOWN_PARTS).sort((one, other) => one.index - other.index);
  const rows = kept.map(({ part }) => {
    const group = groupOf(part);
    const name = part.pointer === "" ? "text" : part.pointer;
    return element("tr", {}, [
      element("td", { class: "part-name" }, [
        element("span", { class: `swatch ${group}` }),
        element("button", { type: "button", title: `Show ${name} in the editor` }, [name], { click: () => void page.reveal(part.pointer) }),
      ]),
      element("td", {}, [group === "prompt" || group === "history" ? KINDS[part.kind] : GROUPS[group].toLowerCase()]),
      element("td", { class: "number" }, [grouped(part.tokens)]),
    ]);
  });
  const row = (name: string, kind: string, tokens: number) =>
    element("tr", {}, [element("td", {}, [name]), element("td", {}, [kind]), element("td", { class: "number" }, [grouped(tokens)])]);
  const rest = largest.slice(SHOWN_PARTS);
  if (rest.length > 0) rows.push(row(`${grouped(rest.length)} smaller parts`, "", rest.reduce((sum, { part }) => sum + part.tokens, 0)));
  if (input.shift) rows.push(row("shift", "by what was observed", input.shift));
  rows.push(row("frame", "added around them", input.frame));
  return table("Where the input's tokens are", ["Part", "Kind", "Tokens"], rows);
}

function notes({ notes: all }: Report, page: Page): HTMLElement {
  return element("section", {}, [
    element("h2", {}, ["Good to know"]),
    element(
      "ul",
      { class: "notes" },
      all.map(({ code, message, pointer }) =>
        element("li", { "data-code": code }, [
          `${sentence(message)} `,
          pointer !== null && element("button", { type: "button", class: "link" }, ["Show"], { click: () => void page.reveal(pointer) }),
        ]),
      ),
    ),
  ]);
}

/** A table with a caption; columns after the first hold numbers unless they are kinds. */
export function table(caption: string, heads: string[], rows: HTMLElement[]): HTMLTableElement {
  const head = heads.map((name, index) => element(name === "" ? "td" : "th", { scope: name === "" ? undefined : "col", class: 0 < index && name !== "Kind" ? "number" : undefined }, [name]));
  return element("table", {}, [
    element("caption", {}, [caption]),
    element("thead", {}, [element("tr", {}, head)]),
    element("tbody", {}, rows),
  ]);
}
