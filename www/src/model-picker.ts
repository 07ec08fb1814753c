/** The choice of a model: searched by name, id, maker; with context, rate and price. */
import type { CatalogModel as ModelSummary } from "./page.ts";
import { byId, element, say } from "./element.ts";
import type { Page } from "./page.ts";
import { short } from "./words.ts";

/** Micro-dollars per million tokens as dollars per million. */
const perMillion = (microUsd: number) => (microUsd / 1e6).toLocaleString("en", { style: "currency", currency: "USD", maximumFractionDigits: 3 });

export function modelPicker(page: Page): void {
  const button = byId("model-button");
  const search = element("input", { "aria-label": "Search models", placeholder: "Search by name, id or maker", role: "combobox", "aria-expanded": "true", "aria-controls": "model-list", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false" });
  const list = element("div", { class: "list", id: "model-list", role: "listbox", "aria-label": "Models" });
  const foot = element("footer", {}, ["Context window, tokens of quota per token of answer, price per million tokens in and out."]);
  const dialog = element("dialog", { class: "picker", "aria-label": "Choose a model" }, [
    element("header", {}, [search, element("button", { type: "button", class: "button" }, ["Close"], { click: () => dialog.close() })]),
    list,
    foot,
  ]);
  document.body.append(dialog);
  let shown: (ModelSummary | undefined)[] = [];
  let active = 0;

  const choose = (model: ModelSummary | undefined) => {
    page.settings.set({ model: model?.id });
    dialog.close();
  };
  const highlight = (index: number) => {
    active = Math.max(0, Math.min(index, shown.length - 1));
    list.querySelectorAll("[role=option]").forEach((option, at) => {
      option.setAttribute("aria-selected", String(at === active));
      if (at === active) {
        search.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    });
  };
  const fill = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = page.models.filter((model) => {
      const all = `${model.name} ${model.id} ${model.provider} ${model.aliases.join(" ")}`.toLowerCase();
      return words.every((word) => all.includes(word));
    });
    shown = words.length === 0 ? [undefined, ...found] : found;
    list.replaceChildren(...shown.map((model, index) => option(model, index, choose)));
    if (shown.length === 0) list.replaceChildren(element("p", { class: "hint" }, ["No model of this name is known."]));
    const chosen = shown.findIndex((model) => model?.id === page.settings.options.model);
    highlight(words.length === 0 ? Math.max(0, chosen) : 0);
  };

  search.addEventListener("input", fill);
  search.addEventListener("keydown", (event) => {
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + 8, PageUp: active - 8 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      highlight(to);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (shown.length > 0) choose(shown[active]);
    }
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  button.addEventListener("click", () => {
    search.value = "";
    dialog.showModal();
    fill();
    search.focus();
  });

  page.onAnswer(({ report, assumedModel }) => {
    const set = page.settings.options.model;
    const name = report?.model.name ?? page.model(set)?.name ?? set;
    say(byId("model-name"), name === undefined ? "as the request says" : assumedModel ? `${name}, assumed` : name);
    button.title = assumedModel ? "Neither the text nor you named a model; this one is assumed." : (report?.model.id ?? "");
  });
}

function option(model: ModelSummary | undefined, index: number, choose: (model: ModelSummary | undefined) => void): HTMLElement {
  const parts = model === undefined
    ? [element("span", {}, [element("b", {}, ["As the request says"]), element("code", {}, ["modelId or model of the JSON"])])]
    : [
        element("span", {}, [element("b", {}, [model.name]), element("code", {}, [model.id])]),
        element("span", { class: "soft" }, [model.contextWindow === null ? "" : `${short(model.contextWindow)} context`]),
        element("span", { class: model.burndownDisputed ? "warn" : "soft", title: model.burndownDisputed ? "Sources disagree about this rate; Settings, Rates chooses" : undefined }, [
          `out × ${model.burndownRate}${model.burndownDisputed ? ", disputed" : ""}`,
        ]),
        element("span", { class: "soft" }, [model.prices ? `${perMillion(model.prices.list.input)} / ${perMillion(model.prices.list.output)}` : "no price"]),
      ];
  return element("div", { role: "option", id: `model-${index}`, "aria-selected": "false" }, parts, { click: () => choose(model) });
}
