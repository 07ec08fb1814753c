/** A menu under a button. */
import { element } from "./element.ts";

export interface Item {
  name: string;
  says?: string;
  act(): void;
}

/** Has a button open a menu; the items are asked for each time. */
export function menu(button: HTMLElement, items: () => Item[]): void {
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => {
    const close = () => {
      list.remove();
      button.setAttribute("aria-expanded", "false");
      removeEventListener("pointerdown", outside, true);
      removeEventListener("resize", close);
    };
    const outside = ({ target }: Event) => !list.contains(target as Node) && target !== button && close();
    const list = element(
      "div",
      { class: "menu", role: "menu" },
      items().map(({ name, says, act }) =>
        element("button", { type: "button", role: "menuitem", tabindex: -1 }, [name, says !== undefined && element("small", {}, [says])], {
          click: () => {
            close();
            button.focus();
            act();
          },
        }),
      ),
      {
        keydown: (event) => {
          const all = [...list.querySelectorAll("button")];
          const at = all.indexOf(document.activeElement as HTMLButtonElement);
          const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
          if (event.key === "Escape" || event.key === "Tab") {
            close();
            button.focus();
          }
          if (to === undefined) return;
          event.preventDefault();
          all[(to + all.length) % all.length]?.focus();
        },
      },
    );
    if (document.querySelector(".menu") !== null) return document.querySelector(".menu")?.remove();
    document.body.append(list);
    const { left, bottom } = button.getBoundingClientRect();
    list.style.top = `${bottom + 5}px`;
    list.style.left = `${Math.max(12, Math.min(left, innerWidth - list.offsetWidth - 12))}px`;
    button.setAttribute("aria-expanded", "true");
    addEventListener("pointerdown", outside, true);
    addEventListener("resize", close);
    list.querySelector("button")?.focus();
  });
}
