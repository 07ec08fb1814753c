/** Elements made by calls. Text only ever goes in as text. */

export type Child = Node | string | null | undefined | false;
type Handlers = { [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };
type Attributes = Record<string, string | number | boolean | null | undefined>;

/** An HTML element with attributes, children and what happens on its events. `false`, `null` and `undefined` say nothing. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  children: Child[] = [],
  on: Handlers = {},
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  furnish(made, attributes, children);
  for (const [name, handle] of Object.entries(on)) made.addEventListener(name, handle as (event: Event) => void);
  return made;
}

/** An SVG element. */
export function drawn<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  children: Child[] = [],
): SVGElementTagNameMap[K] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  furnish(made, attributes, children);
  return made;
}

function furnish(made: Element, attributes: Attributes, children: Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child): child is Node | string => child !== false && child !== null && child !== undefined));
}

/** The element of the page with this id; the page's own HTML holds it. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found as T;
}

/** Sets a text where it differs, so that nothing is laid out again for the same words. */
export function say(into: Element, text: string): void {
  if (into.textContent !== text) into.textContent = text;
}
