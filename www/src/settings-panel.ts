/** Every setting of a check, with what it means. */
import type { CheckOptions, Correction } from "tokenleash";
import { fillChoices } from "./catalog.ts";
import { element, type Child } from "./element.ts";
import { bind } from "./fields.ts";
import type { Page } from "./page.ts";
import type { Panel } from "./panels.ts";
import { grouped } from "./words.ts";

export const settingsPanel: Panel = {
  id: "settings",
  name: "Settings",
  build(host, page) {
    const form = element("form", { class: "panel-form", "aria-label": "All settings" }, [
      group("Where it is sent", [
        line("Model", "Any spelling: id, profile, ARN", input("model", { placeholder: "as the request says" })),
        line("Take a model nobody knows", "Counted with care, with a wide range", toggle("allowUnknown")),
        line("Source Region", "Where the API is called", choice("sourceRegion", [["", "not said"]], { "data-regions": true })),
        line("Inference profile", "Decides where it may be processed", choice("profile", [["", "as the id says"]], { "data-profiles": true })),
        line("It must stay in", "Otherwise it does not fit", choice("residency", [["", "not said"]], { "data-residencies": true })),
        line("Endpoint", "", choice("endpoint", [["runtime", "bedrock-runtime"], ["mantle", "bedrock-mantle"]], { "data-default": "runtime" })),
        line("Read the text as", "", choice("dialect", [["", "what it looks like"], ["text", "plain text"], ["converse", "Converse"], ["messages", "Messages (Claude)"], ["nova", "Nova"], ["chat", "chat completions"]])),
      ]),
      group("The answer", [
        line("max_tokens", "The longest answer; reserved at the start", number("maxTokens", "as the request says")),
        line("Expected answer", "How long it will probably be", number("expectedOutput", "not said")),
      ]),
      group("Your quotas", [
        line("Tokens per minute", "TPM", number("limits.tpm", "AWS default")),
        line("Used this minute", "", number("limits.usedTpm", "0")),
        line("Requests per minute", "RPM", number("limits.rpm", "AWS default")),
        line("Made this minute", "", number("limits.usedRpm", "0")),
        line("Tokens per day", "TPD", number("limits.tpd", "AWS default")),
        line("Used today", "", number("limits.usedTpd", "0")),
        line("Input tokens per minute", "On bedrock-mantle", number("limits.inputTpm", "AWS default")),
        line("Output tokens per minute", "On bedrock-mantle", number("limits.outputTpm", "AWS default")),
        line("Most it may cost", "US dollars for one request", input("limits.budgetMicroUsd", { inputmode: "decimal", "data-money": true, placeholder: "no budget" })),
      ]),
      group("How it is counted", [
        line("Burndown rates", "Where sources disagree", choice("rates", [["default", "as this project says"], ["guide", "the guide's"], ["latest", "the latest"], ["highest", "the highest"]], { "data-default": "default" })),
        line("The prompt cache is", "For prefixes marked with a cache point", choice("cache", [["cold", "cold: written"], ["warm", "warm: read"]], { "data-default": "cold" })),
        line("Cache reads are reserved", "AWS's texts disagree; on is the safe answer", toggle("reserveCacheReads", true)),
      ]),
    ]);
    fillChoices(form);
    const calibration = calibrationForm(page);
    const clear = element("button", { type: "button", class: "button" }, ["Clear all settings"], {
      click: () => {
        page.settings.clear();
        page.notify("All settings are cleared, here and on this device.");
      },
    });
    host.append(
      form,
      calibration,
      element("div", { class: "row" }, [clear, element("span", { class: "hint" }, ["They are kept on this device only."])]),
    );
    bind(form, page.settings);
  },
};

let last = 0;
function line(name: string, says: string, field: HTMLElement): HTMLElement {
  field.id = `setting-${++last}`;
  const isSwitch = field instanceof HTMLInputElement && field.type === "checkbox";
  return element("div", { class: `line${isSwitch ? " switch" : ""}` }, [
    element("label", { for: field.id }, [name, says !== "" && element("small", {}, [says])]),
    field,
  ]);
}

const group = (name: string, lines: Child[]) => element("fieldset", { class: "lines" }, [element("legend", {}, [name]), ...lines]);
const input = (name: string, more: Record<string, string | boolean>) => element("input", { name, autocomplete: "off", spellcheck: "false", ...more });
const number = (name: string, placeholder: string) => input(name, { inputmode: "numeric", class: "number", placeholder });
const toggle = (name: string, byDefault = false) => element("input", { type: "checkbox", name, "data-default": String(byDefault) });
const choice = (name: string, options: [string, string][], more: Record<string, string | boolean> = {}) =>
  element("select", { name, ...more }, options.map(([value, words]) => element("option", { value }, [words])));

/** Pasting the usage of a real answer: it corrects this request, and later ones with the same tools. */
function calibrationForm(page: Page): HTMLElement {
  const { settings } = page;
  const field = element("textarea", {
    id: "usage",
    spellcheck: "false",
    placeholder: '{ "usage": { "inputTokens": 888, "outputTokens": 210 } }',
  });
  const state = element("p", { class: "hint", id: "calibration-state", role: "status" });
  const keep = element("button", { type: "button", class: "button small" }, ["Keep for later requests"], {
    click: () => void learn(page, field.value).then(() => (field.value = "")).catch((error: Error) => page.notify(`${error.message}.`)),
  });
  const forget = element("button", { type: "button", class: "button small" }, ["Forget"], {
    click: () => {
      field.value = "";
      settings.set({ observed: undefined, correction: undefined });
    },
  });
  field.addEventListener("input", () => {
    const pasted = parsed(field.value);
    field.setAttribute("aria-invalid", String(field.value.trim() !== "" && pasted === undefined));
    if (field.value.trim() === "") settings.set({ observed: undefined });
    else if (isCorrection(pasted)) settings.set({ observed: undefined, correction: pasted });
    else if (pasted !== undefined) settings.set({ observed: pasted });
  });
  const show = () => {
    const { observed, correction } = settings.options;
    if (document.activeElement !== field) field.value = observed === undefined ? "" : JSON.stringify(observed);
    forget.hidden = observed === undefined && correction === undefined;
    keep.hidden = observed === undefined;
    const shift = correction && correction.observed - correction.expected;
    state.textContent =
      observed !== undefined
        ? "This request's input is what the provider counted."
        : shift !== undefined
          ? `Later requests of ${correction!.model} with the same tools count ${shift < 0 ? "−" : "+"}${grouped(Math.abs(shift))} tokens.`
          : "";
  };
  settings.onChange(show);
  show();
  return element("fieldset", { class: "lines" }, [
    element("legend", {}, ["Calibrate"]),
    element("div", { class: "line wide" }, [
      element("label", { for: "usage" }, [
        "The usage of a real answer to this request",
        element("small", {}, ["Paste what the provider sent back: Converse, Messages or chat."]),
      ]),
      field,
      state,
      element("div", { class: "row" }, [keep, forget]),
    ]),
  ]);
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const isCorrection = (value: object | undefined): value is Correction => value !== undefined && "expected" in value && "tools" in value;

async function learn(page: Page, usage: string): Promise<void> {
  const { observed: _, ...options } = page.options() as CheckOptions;
  const correction = await page.judge.call("calibrate", usage, options);
  page.settings.set({ observed: undefined, correction });
  page.notify("Kept. Later requests of this model with the same tools are corrected by it.");
}
