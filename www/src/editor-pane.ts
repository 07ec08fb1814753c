/** What stands around the editor: views, files, colours, the count of a selection. */
import { byId, say } from "./element.ts";
import { EXAMPLES } from "./examples.ts";
import { latest } from "./core.ts";
import { LONGEST_COLOURED_LINE } from "./editor/token-colours.ts";
import { menu } from "./menu.ts";
import type { Page } from "./page.ts";
import { grouped, tokens } from "./words.ts";

export function editorPane(page: Page): void {
  const { editor, settings } = page;
  editor.tokenSource = latest((stretches: [number, number][]) => page.count("tokenEnds", stretches));

  const colours = byId("colours");
  const showColours = () => {
    colours.setAttribute("aria-pressed", String(settings.looks.colours));
    editor.colourTokens(settings.looks.colours);
  };
  colours.addEventListener("click", () => settings.setLooks({ colours: !settings.looks.colours }));
  settings.onChange(() => colours.getAttribute("aria-pressed") !== String(settings.looks.colours) && showColours());
  showColours();

  byId("find").addEventListener("click", () => editor.find());
  byId("clear-text").addEventListener("click", () => {
    editor.replaceAll("");
    editor.focus();
  });
  menu(byId("examples"), () => EXAMPLES.map(({ name, says, load }) => ({ name, says, act: () => load(page) })));
  files(page);
  status(page);

  page.onAnswer(({ report, fault }) => {
    void editor.readAsJson(report ? report.dialect !== "text" : editor.looksLikeJson);
    void markFault(page, fault);
  });
}

let marked: unknown;
/** Underlines where the text cannot be read. */
async function markFault({ editor, judge, answer }: Page, fault: Page["answer"]["fault"]): Promise<void> {
  if (fault === marked) return;
  marked = fault;
  const asked = editor.revision;
  if (fault === undefined || fault.code === "empty") return editor.mark(undefined);
  const { line, column, pointer, message } = fault;
  if (line !== undefined && column !== undefined) {
    const at = editor.offsetAt(line, column);
    editor.mark({ from: at, to: at + 1, message });
  } else if (pointer) {
    const span = await judge.call("locate", pointer);
    if (span && editor.revision === asked && answer.fault === fault) editor.mark({ ...span, message });
  } else editor.mark(undefined);
}

/** Files are dropped anywhere on the page, or opened. */
function files(page: Page): void {
  const input = byId<HTMLInputElement>("file");
  const load = async (file: File | undefined) => {
    if (file === undefined) return;
    try {
      page.editor.replaceAll(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(await file.arrayBuffer()));
      page.onReveal();
      page.notify(`${file.name} is open. Undo brings back what was here.`);
    } catch {
      page.notify(`${file.name} is not UTF-8 text.`);
    }
  };
  byId("open").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    void load(input.files?.[0]);
    input.value = "";
  });
  const pane = byId("pane");
  const holdsFile = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  addEventListener("dragover", (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    pane.classList.add("dropping");
  });
  for (const over of ["dragleave", "drop", "dragend"] as const) addEventListener(over, () => pane.classList.remove("dropping"));
  addEventListener("drop", (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    void load(event.dataTransfer?.files[0]);
  });
}

/** How long the text is, and what a selection counts. */
function status(page: Page): void {
  const { editor, settings } = page;
  const [position, selection] = [byId("position"), byId("selection")];
  const count = latest((from: number, to: number) => page.count("tokensIn", from, to));
  editor.onSelection = (from, to) => {
    if (from === to) return say(selection, "");
    void count(from, to).then((found) => {
      if (found !== undefined) say(selection, `Selected: ${tokens(found)}, ${grouped(to - from)} characters`);
    });
  };
  page.onAnswer(({ empty }) => {
    const long = settings.looks.colours && editor.hasLineOver(LONGEST_COLOURED_LINE);
    say(position, empty ? "Nothing here yet" : `${grouped(editor.length)} characters${long ? ", long lines are not coloured" : ""}`);
  });
}
