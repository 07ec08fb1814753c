/** Advice that is taken with one click. */
import type { Advice } from "tokenleash";
import { cachePoint, type Addition } from "./dialects.ts";
import { element, byId } from "./element.ts";
import type { Page } from "./page.ts";
import { grouped } from "./words.ts";
import { openPanel } from "./panels.ts";

/** The button that does what the advice says, where a button can. */
export function adviceButton(advice: Advice, page: Page): HTMLElement | undefined {
  const { code, maxTokens } = advice;
  if (maxTokens !== undefined) return button(`Set ${grouped(maxTokens)}`, () => setMaxTokens(page, maxTokens));
  if (code === "set-max-tokens") return button("Set it", () => byId("quick").querySelector<HTMLInputElement>("[name=maxTokens]")?.focus());
  const added = code === "add-cache-point" && page.answer.report ? cachePoint(page.answer.report) : undefined;
  if (added !== undefined) return button("Add it", () => addCachePoint(page, added));
  if (code === "shorten-input") return button("Make it fit", () => openPanel("fit"));
  if (code === "use-another-profile") return button("Choose", () => byId("quick").querySelector<HTMLSelectElement>("[name=profile]")?.focus());
  return undefined;
}

async function addCachePoint(page: Page, added: Addition): Promise<void> {
  const asked = page.editor.revision;
  const edits = await page.judge.call("addition", added);
  if (asked !== page.editor.revision || edits.length === 0) return;
  page.editor.change(edits);
  page.notify("The cache point is in the request. Undo with Ctrl+Z in the editor.");
}

const button = (words: string, act: () => void) => element("button", { type: "button", class: "button small" }, [words], { click: act });

/** Writes max_tokens into the request; for plain text, which has no place for it, into the settings. */
export async function setMaxTokens(page: Page, maxTokens: number): Promise<void> {
  if (page.answer.report?.dialect === "text") return page.settings.set({ maxTokens });
  const asked = page.editor.revision;
  const { limits: _, ...options } = page.options();
  const { request } = await page.judge.call("fit", { ...options, maxTokens });
  if (asked !== page.editor.revision) return;
  page.settings.set({ maxTokens: undefined });
  page.editor.replaceAll(request);
  page.notify(`max_tokens is ${grouped(maxTokens)} now. Undo with Ctrl+Z in the editor.`);
}
