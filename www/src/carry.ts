/** Texts that leave the page by the hand of the person: to the clipboard, to a file. */
import { element } from "./element.ts";
import type { Page } from "./page.ts";

export async function copyText(page: Page, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    page.notify("Copied.");
  } catch {
    page.notify("This browser does not let the page copy; select the text instead.");
  }
}

export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  element("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
