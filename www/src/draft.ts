/** The text outlives a reload of its tab, and nothing more: it is gone from the device with the tab. */
import type { Page } from "./page.ts";

const DRAFT = "tokenleash.draft";
/** Longer texts do not fit into what browsers keep for a tab. */
const LONGEST_DRAFT = 2_000_000;

export function keepDraft({ editor }: Page): void {
  addEventListener("pagehide", () => {
    try {
      if (0 < editor.length && editor.length <= LONGEST_DRAFT) sessionStorage.setItem(DRAFT, editor.text);
      else sessionStorage.removeItem(DRAFT);
    } catch {
      // Storage is full or shut off: the text lives as long as the page.
    }
  });
  try {
    const kept = sessionStorage.getItem(DRAFT);
    if (kept !== null && editor.length === 0) editor.replaceAll(kept);
  } catch {
    // Nothing was kept.
  }
}
