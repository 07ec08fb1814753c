/** Form fields that are settings: the name of a field is the name of an option. */
import type { CheckOptions, Limits } from "tokenleash";
import type { Settings } from "./settings.ts";

type Field = HTMLInputElement | HTMLSelectElement;

/** Keeps the named fields of a form and the settings alike, whichever changes. */
export function bind(form: HTMLElement, settings: Settings): void {
  const fields = [...form.querySelectorAll<Field>("[name]")];
  const show = () => fields.forEach((field) => document.activeElement !== field && put(field, value(settings, field.name)));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", ({ target }) => fields.includes(target as Field) && take(target as Field, settings));
  form.addEventListener("focusout", show);
  settings.onChange(show);
  show();
}

function value({ options }: Settings, name: string): unknown {
  const limit = /^limits\.(.*)$/.exec(name)?.[1];
  return limit === undefined ? options[name as keyof CheckOptions] : options.limits?.[limit as keyof Limits];
}

function put(field: Field, value: unknown): void {
  if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = (value ?? field.dataset.default === "true") === true;
  else if (field.dataset.money !== undefined) field.value = typeof value === "number" ? String(value / 1e6) : "";
  else field.value = typeof value === "number" ? value.toLocaleString("en") : String(value ?? field.dataset.default ?? "");
  field.removeAttribute("aria-invalid");
}

function take(field: Field, settings: Settings): void {
  const written = field.value.trim();
  let taken: unknown = written === "" ? undefined : written;
  if (field instanceof HTMLInputElement && field.type === "checkbox") taken = field.checked;
  else if (field.inputMode === "numeric" && taken !== undefined) {
    taken = numberOf(written);
    field.setAttribute("aria-invalid", String(taken === undefined));
    if (taken === undefined) return;
  } else if (field.dataset.money !== undefined && taken !== undefined) {
    const amount = Math.round(Number(written.replace(/^\$/, "")) * 1e6);
    const fine = Number.isSafeInteger(amount) && amount >= 0;
    field.setAttribute("aria-invalid", String(!fine));
    if (!fine) return;
    taken = amount;
  } else field.removeAttribute("aria-invalid");
  const limit = /^limits\.(.*)$/.exec(field.name)?.[1];
  if (limit === undefined) settings.set({ [field.name]: taken });
  else settings.setLimit(limit as keyof Limits, taken as number | undefined);
}

/** A whole number as people write it: 6000, 6,000, 6 000, 6k, 1.5M. */
export function numberOf(written: string): number | undefined {
  const [, digits, unit] = /^([\d][\d,_\s]*(?:\.\d+)?)\s*([kKmM]?)$/.exec(written) ?? [];
  if (digits === undefined) return undefined;
  const times = { k: 1e3, m: 1e6 }[(unit ?? "").toLowerCase()] ?? 1;
  const number = Number(digits.replace(/[,_\s]/g, "")) * times;
  return Number.isSafeInteger(number) ? number : undefined;
}
