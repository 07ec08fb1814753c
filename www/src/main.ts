/** The page: a request and settings in, the report out, at every keystroke. */
import { check, init, models, type CheckOptions, type Limits, type TokenleashError } from "tokenleash";
import { showError, showReport } from "./report.ts";

const EXAMPLE = `{
  "modelId": "au.anthropic.claude-opus-4-6-v1",
  "system": [{ "text": "You answer questions about New Zealand weather in one sentence." }],
  "messages": [{ "role": "user", "content": [{ "text": "Will it rain in Auckland tomorrow?" }] }],
  "inferenceConfig": { "maxTokens": 1000 }
}`;

const form = document.querySelector<HTMLFormElement>("#settings")!;
const request = document.querySelector<HTMLTextAreaElement>("#request")!;
const report = document.querySelector<HTMLElement>("#report")!;

/** What the form says; an empty field says nothing. */
function options(): CheckOptions {
  const fields = new FormData(form);
  const text = (name: string) => String(fields.get(name) ?? "").trim() || undefined;
  const number = (name: string) => {
    const written = text(name);
    return written === undefined ? undefined : Number(written);
  };
  const limits: Limits = {};
  const tpm = number("tpm");
  const usedTpm = number("usedTpm");
  if (tpm !== undefined) limits.tpm = tpm;
  if (usedTpm !== undefined) limits.usedTpm = usedTpm;
  const found: CheckOptions = { limits };
  const model = text("model");
  const profile = text("profile");
  const sourceRegion = text("sourceRegion");
  const maxTokens = number("maxTokens");
  if (model !== undefined) found.model = model;
  if (profile !== undefined) found.profile = profile;
  if (sourceRegion !== undefined) found.sourceRegion = sourceRegion;
  if (maxTokens !== undefined) found.maxTokens = maxTokens;
  return found;
}

function update(): void {
  try {
    showReport(report, check(request.value, options()));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    showError(report, error as TokenleashError);
  }
}

let due = false;
/** At most one report a frame, however fast the keys. */
function schedule(): void {
  if (due) return;
  due = true;
  requestAnimationFrame(() => {
    due = false;
    update();
  });
}

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("input", schedule);
request.addEventListener("input", schedule);
request.value = EXAMPLE;

await init();
const list = document.querySelector<HTMLDataListElement>("#models")!;
list.replaceChildren(...models().map((model) => new Option(model.name, model.id)));
update();
