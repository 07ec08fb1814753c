/** The request as a conversation: each message an entry to fold and edit. The JSON text stays the truth. */
import type { Part, Report } from "tokenleash";
import { emptyContent } from "./dialects.ts";
import { byId, element, say, type Child } from "./element.ts";
import type { PartSource } from "./outline.ts";
import type { Page } from "./page.ts";
import type { Edit } from "./protocol.ts";
import { messageOf } from "./shares.ts";
import { grouped, KINDS, ROLES, tokens } from "./words.ts";

/** More entries than this are shown on demand. */
const SHOWN = 150;
/** A longer text is edited in the JSON view. */
const LONGEST_FIELD = 30_000;

interface Entry {
  /** The pointer of the message; of parts outside messages what they belong to. */
  key: string;
  name: string;
  message: boolean;
  parts: Part[];
}

function entriesOf({ input }: Report): Entry[] {
  const entries: Entry[] = [];
  for (const part of input.parts) {
    const message = messageOf(part.pointer);
    const key = message ?? (part.kind === "tool-definition" ? "tools" : part.role === "system" ? "system" : part.pointer);
    let entry = entries.at(-1);
    if (entry?.key !== key) {
      const name = key === "tools" ? "Tools" : ROLES[part.role];
      entry = { key, name, message: message !== undefined, parts: [] };
      entries.push(entry);
    }
    entry.parts.push(part);
  }
  return entries;
}

export function conversationView(page: Page): void {
  const { editor } = page;
  const host = byId("conversation");
  const [textButton, viewButton] = [byId<HTMLButtonElement>("view-text"), byId<HTMLButtonElement>("view-conversation")];
  const folded = new Set<string>();
  /** Where each part that is on screen stands in the text, kept true while someone types here. */
  let spans = new Map<string, PartSource>();
  let keys = "";
  let shownFrom: number | undefined;
  let typedAt = -1;
  let drawn: Report | undefined;

  const shown = () => !host.hidden;
  const show = (conversation: boolean) => {
    host.hidden = !conversation;
    textButton.setAttribute("aria-pressed", String(!conversation));
    viewButton.setAttribute("aria-pressed", String(conversation));
    drawn = undefined;
    if (conversation) void draw();
    else editor.measure();
  };
  textButton.addEventListener("click", () => show(false));
  viewButton.addEventListener("click", () => show(true));
  page.onReveal = () => shown() && show(false);

  /** Puts a part's new text into the JSON, no more of it than has changed. */
  const type = (pointer: string, value: string) => {
    const span = spans.get(pointer);
    if (span === undefined) return;
    const [old, next] = [editor.slice(span.from, span.to), JSON.stringify(value)];
    let start = 0;
    while (start < old.length && start < next.length && old[start] === next[start]) start += 1;
    let end = 0;
    while (end < old.length - start && end < next.length - start && old.at(-1 - end) === next.at(-1 - end)) end += 1;
    const grown = next.length - old.length;
    for (const other of spans.values()) {
      if (other.from > span.from) {
        other.from += grown;
        other.to += grown;
      }
    }
    span.to += grown;
    editor.change([{ from: span.from + start, to: span.from + old.length - end, insert: next.slice(start, next.length - end) }]);
    typedAt = editor.revision;
  };

  const change = async (asking: Promise<Edit[]>) => {
    const asked = editor.revision;
    const edits = await asking;
    if (asked === editor.revision && edits.length > 0) editor.change(edits);
  };

  async function draw(): Promise<void> {
    const { report, current } = page.answer;
    if (report === undefined || !current || report === drawn) return;
    drawn = report;
    if (report.dialect === "text") return drawText();
    const entries = entriesOf(report);
    const print = entries.map(({ key, parts }) => key + parts.map(({ pointer }) => pointer).join()).join();
    if (editor.revision === typedAt && print === keys) return recount(entries);
    const asked = editor.revision;
    const from = shownFrom ?? Math.max(0, entries.length - SHOWN);
    const visible = entries.slice(from);
    const parts = visible.flatMap(({ parts }) => parts);
    const found = await page.judge.call("sources", parts.map(({ pointer }) => pointer));
    if (asked !== editor.revision || !shown()) return;
    spans = new Map(parts.flatMap(({ pointer }, index) => (found[index] ? [[pointer, found[index]] as const] : [])));
    keys = print;
    const { scrollTop } = host;
    host.replaceChildren(
      element("div", { class: "turns" }, [
        from > 0 &&
          element("button", { type: "button", class: "button small" }, [`Show ${grouped(Math.min(SHOWN, from))} earlier`], {
            click: () => {
              shownFrom = Math.max(0, from - SHOWN);
              [drawn, typedAt] = [undefined, -1];
              void draw();
            },
          }),
        ...visible.map((entry, index) => turn(entry, from + index)),
        addButtons(report, entries),
      ]),
    );
    host.scrollTop = scrollTop;
  }

  /** New counts for the entries that are there. */
  function recount(entries: Entry[]): void {
    for (const entry of entries) {
      const count = host.querySelector(`[data-count="${CSS.escape(entry.key)}"]`);
      if (count) say(count, tokens(sum(entry)));
    }
  }

  function drawText(): void {
    const button = element("button", { type: "button", class: "button main" }, ["Turn it into a Converse request"], {
      click: () => {
        editor.replaceAll(`${JSON.stringify({ messages: [{ role: "user", content: [{ text: editor.text }] }] }, null, 2)}\n`);
      },
    });
    keys = "";
    host.replaceChildren(
      element("div", { class: "turns" }, [
        element("p", { class: "hint" }, ["This is plain text: it counts as one message of the user. As a request it can have a system prompt, tools and a history."]),
        element("div", { class: "row" }, [button]),
      ]),
    );
  }

  function turn(entry: Entry, index: number): HTMLElement {
    const open = !folded.has(entry.key);
    const body = element("div", { class: "turn-body", hidden: !open }, entry.parts.map((part) => partView(part, entry)));
    const fold = element("button", { type: "button", class: "fold", "aria-expanded": String(open) }, [
      element("b", {}, [entry.name]),
      element("span", { class: "what" }, [what(entry)]),
    ], {
      click: () => {
        body.hidden = !body.hidden;
        fold.setAttribute("aria-expanded", String(!body.hidden));
        if (body.hidden) folded.add(entry.key);
        else folded.delete(entry.key);
      },
    });
    const pointer = entry.message ? entry.key : entry.parts[0]!.pointer;
    return element("section", { class: "turn", "data-role": entry.key === "tools" ? "tools" : entry.parts[0]!.role, "aria-label": `${entry.name}, entry ${index + 1}` }, [
      element("div", { class: "turn-head" }, [
        fold,
        element("span", { class: "count", "data-count": entry.key }, [tokens(sum(entry))]),
        element("button", { type: "button", class: "button quiet" }, ["JSON"], { click: () => void page.reveal(pointer) }),
        entry.message && element("button", { type: "button", class: "button quiet", "aria-label": `Remove this message of ${entry.name}` }, ["Remove"], { click: () => void change(page.judge.call("removal", entry.key)) }),
      ]),
      body,
    ]);
  }

  function partView(part: Part, entry: Entry): HTMLElement {
    const source = spans.get(part.pointer);
    const label = `${entry.name}, ${KINDS[part.kind]}`;
    if (source?.isString && source.text.length <= LONGEST_FIELD && (part.kind === "text" || part.kind === "tool-result" || part.kind === "reasoning")) {
      const field = element("textarea", { "aria-label": label, spellcheck: "false", rows: Math.min(12, 1 + source.text.split("\n").length) }, [], {
        input: () => type(part.pointer, field.value),
      });
      field.value = source.text;
      return field;
    }
    const text = source === undefined ? "" : source.isString ? source.text : dedented(source.text);
    const cut = text.length > 3000 ? `${text.slice(0, 3000)}\n…` : text;
    const words: Child[] = source === undefined ? [element("p", { class: "hint" }, [`${label}: ${tokens(part.tokens)}, inside a body that is text itself`])] : [element("pre", { class: "code", tabindex: 0, "aria-label": label }, [part.kind === "image" || part.kind === "document" ? cut.slice(0, 300) : cut])];
    return element("div", { class: "part" }, words);
  }

  function addButtons({ dialect }: Report, entries: Entry[]): HTMLElement | false {
    const last = entries.findLast(({ message }) => message);
    const array = last && /^(.*)\/\d+$/.exec(last.key)?.[1];
    if (array === undefined) return false;
    const role = last?.parts[0]?.role === "user" ? "assistant" : "user";
    return element("div", { class: "row" }, [
      element("button", { type: "button", class: "button" }, [`Add a message of the ${role}`], {
        click: () => void change(page.judge.call("addition", { end: array, value: { role, content: emptyContent(dialect) } })),
      }),
    ]);
  }

  page.onAnswer((answer) => {
    say(textButton, answer.report && answer.report.dialect !== "text" ? "JSON" : "Text");
    viewButton.disabled = answer.report === undefined;
    if (answer.report === undefined && answer.current && shown()) show(false);
    if (shown()) void draw();
  });
}

/** JSON from the middle of a text, moved to the left. */
function dedented(text: string): string {
  const indents = text.split("\n").slice(1).filter((line) => line.trim() !== "").map((line) => /^ */.exec(line)![0].length);
  return indents.length === 0 ? text : text.replaceAll(`\n${" ".repeat(Math.min(...indents))}`, "\n");
}

const sum = ({ parts }: Entry) => parts.reduce((sum, { tokens }) => sum + tokens, 0);

/** What an entry holds beside text. */
function what({ parts, key }: Entry): string {
  if (key === "tools") return parts.length === 1 ? "1 definition" : `${parts.length} definitions`;
  const kinds = new Set(parts.map(({ kind }) => kind).filter((kind) => kind !== "text"));
  return [...kinds].map((kind) => KINDS[kind]).join(", ");
}
