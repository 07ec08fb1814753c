/** Light, dark, or as the system says. */
import { byId, drawn } from "./element.ts";
import type { Looks, Settings } from "./settings.ts";

const NEXT: Record<Looks["theme"], Looks["theme"]> = { system: "light", light: "dark", dark: "system" };
const DRAWN: Record<Looks["theme"], string> = {
  system: "M12 3a9 9 0 1 0 0 18V3z M12 3a9 9 0 0 1 0 18",
  light: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z M12 2v2 M12 20v2 M2 12h2 M20 12h2 M5 5l1.4 1.4 M17.6 17.6 19 19 M19 5l-1.4 1.4 M6.4 17.6 5 19",
  dark: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
};

export function themeButton(settings: Settings): void {
  const button = byId("theme");
  const show = () => {
    const { theme } = settings.looks;
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.setAttribute("aria-label", `Theme: ${theme === "system" ? "as the system" : theme}`);
    button.title = button.getAttribute("aria-label") ?? "";
    button.replaceChildren(drawn("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, [drawn("path", { d: DRAWN[theme] })]));
  };
  button.addEventListener("click", () => settings.setLooks({ theme: NEXT[settings.looks.theme] }));
  settings.onChange(show);
  show();
}

/** Sets the page in its own letters, those of Māori too, now and from the first moment of later visits. */
export async function ownLetters(): Promise<void> {
  await document.fonts.load('1em "Inter Variable"', "aā");
  document.documentElement.dataset.letters = "own";
  try {
    localStorage.setItem("tokenleash.letters", "own");
  } catch {
    // Storage is shut off: the letters come as late next time.
  }
}
