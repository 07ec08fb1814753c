/**
 * The panels under the answer, one shown at a time.
 *
 * A new panel is a file with a `Panel` and a line in `PANELS` of `main.ts`. Its `build` is called once,
 * when it is first opened, with an empty element of its own; what it gives back is called with every
 * answer while the panel is in sight. A panel that the first answer does not need is loaded behind it.
 */
import { byId, element } from "./element.ts";
import type { Answer, Page } from "./page.ts";

export interface Panel {
  /** Its id, in the address of nothing and the key of everything. */
  readonly id: string;
  /** The word on its tab. */
  readonly name: string;
  build(host: HTMLElement, page: Page): ((answer: Answer) => void) | void;
}

/** A panel whose code is loaded when the page is at rest, or when it is opened before. */
export interface LaterPanel {
  readonly id: string;
  readonly name: string;
  load(): Promise<Panel>;
}

/** Milliseconds without an answer after which the panel in sight is shown anew. */
const REST = 150;

let open: (id: string) => void = () => {};

/** Opens a panel by its id. */
export const openPanel = (id: string) => open(id);

export function showPanels(panels: readonly (Panel | LaterPanel)[], page: Page): void {
  const [tabs, hosts] = [byId("tabs"), byId("panels")];
  const shows = new Map<string, ((answer: Answer) => void) | void>();
  let current = "";

  const tabOf = new Map(
    panels.map(({ id, name }) => [
      id,
      element("button", { type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}`, "aria-selected": "false", tabindex: -1 }, [name], {
        click: () => open(id),
      }),
    ]),
  );
  tabs.replaceChildren(...tabOf.values());
  const hostOf = new Map(
    panels.map(({ id }) => [id, element("div", { role: "tabpanel", id: `panel-${id}`, class: "panel", "aria-labelledby": `tab-${id}`, tabindex: 0, hidden: true })]),
  );
  hosts.replaceChildren(...hostOf.values());

  open = (id) => {
    const panel = panels.find((panel) => panel.id === id);
    if (panel === undefined || id === current) return;
    for (const { id: other } of panels) {
      const chosen = other === id;
      tabOf.get(other)!.setAttribute("aria-selected", String(chosen));
      tabOf.get(other)!.tabIndex = chosen ? 0 : -1;
      hostOf.get(other)!.hidden = !chosen;
    }
    current = id;
    hosts.scrollTop = 0;
    const build = (panel: Panel) => {
      if (!shows.has(id)) shows.set(id, panel.build(hostOf.get(id)!, page));
      if (id === current) shows.get(id)?.(page.answer);
    };
    if ("load" in panel) void panel.load().then(build, () => page.notify("This part of the page could not be loaded. Open it again when there is a network."));
    else build(panel);
  };

  // Arrow keys move between tabs, as in every list of tabs.
  tabs.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const index = panels.findIndex(({ id }) => id === current);
    const next = panels[(index + step + panels.length) % panels.length]!;
    open(next.id);
    tabOf.get(next.id)!.focus();
  });
  // While someone types, the verdict keeps up with every key and the panel rests until the keys do.
  let due: ReturnType<typeof setTimeout> | undefined;
  page.onAnswer((answer) => {
    if (answer.report === undefined) return shows.get(current)?.(answer);
    hosts.dataset.due = "";
    clearTimeout(due);
    due = setTimeout(() => {
      delete hosts.dataset.due;
      shows.get(current)?.(page.answer);
    }, REST);
  });
  open(panels[0]!.id);
}
