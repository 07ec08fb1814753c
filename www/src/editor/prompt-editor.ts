/** `<prompt-editor>`: CodeMirror in a shadow root, where a strict policy lets it have its styles. */
import { defaultKeymap, history, historyKeymap, isolateHistory, redo, undo } from "@codemirror/commands";
import { bracketMatching, codeFolding, foldGutter, foldKeymap, syntaxHighlighting } from "@codemirror/language";
import { setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorSelection, EditorState, type ChangeSet, type Extension } from "@codemirror/state";
import { EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers, placeholder } from "@codemirror/view";
import type { Edit } from "../protocol.ts";
import { colours, tokenColours, type TokenSource } from "./token-colours.ts";
import { jsonColours, look } from "./look.ts";

const HINT = `Type or paste a prompt here,
or a whole request as JSON: Converse, Messages, InvokeModel, chat.

You can also drop a file on this page.`;

/** A longer text is not parsed for colours of its JSON: that would cost more than it shows. */
const LONGEST_PARSED = 2_000_000;

export class PromptEditor extends HTMLElement {
  /** Called at every change of the text, before it is painted. */
  onEdits: (revision: number, edits: Edit[]) => void = () => {};
  onSelection: (from: number, to: number) => void = () => {};
  /** Who knows where tokens end. */
  tokenSource: TokenSource = async () => [];
  #language = new Compartment();
  #isJson = false;
  #revision = 0;
  #view: EditorView | undefined;

  connectedCallback(): void {
    if (this.#view) return;
    const root = this.attachShadow({ mode: "open" });
    this.#view = new EditorView({ root, parent: root, state: this.#state() });
  }

  #state(): EditorState {
    return EditorState.create({
      extensions: [
        // Only "\n" ends a line, so that the text is what was pasted, "\r" included.
        EditorState.lineSeparator.of("\n"),
        lineNumbers(),
        foldGutter(),
        codeFolding(),
        highlightSpecialChars(),
        history(),
        bracketMatching(),
        highlightActiveLine(),
        highlightSelectionMatches({ maxMatches: 200 }),
        search({ top: true }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": "Prompt or request", spellcheck: "false", tabindex: "0" }),
        placeholder(HINT),
        keymap.of([...defaultKeymap.filter(({ key }) => key !== "Mod-Enter"), ...historyKeymap, ...searchKeymap, ...foldKeymap]),
        this.#language.of([]),
        syntaxHighlighting(jsonColours),
        look,
        tokenColours((stretches) => this.#tokenEnds(stretches)),
        EditorView.domEventHandlers({ drop: (event) => (event.dataTransfer?.files.length ?? 0) > 0 }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) this.onEdits(++this.#revision, editsOf(update.changes));
          if (update.selectionSet || update.docChanged) {
            const { from, to } = update.state.selection.main;
            this.onSelection(from, to);
          }
        }),
      ],
    });
  }

  async #tokenEnds(stretches: [number, number][]): Promise<(Uint32Array | undefined)[] | undefined> {
    const asked = this.#revision;
    const ends = await this.tokenSource(stretches);
    return asked === this.#revision ? ends : undefined;
  }

  get #editor(): EditorView {
    if (this.#view === undefined) throw new Error("the editor is not in the page");
    return this.#view;
  }

  get revision(): number {
    return this.#revision;
  }

  get length(): number {
    return this.#editor.state.doc.length;
  }

  get text(): string {
    return this.#editor.state.doc.toString();
  }

  /** The text between two offsets. */
  slice(from: number, to: number): string {
    return this.#editor.state.sliceDoc(from, to);
  }

  /** Whether a line on screen is longer than this. */
  hasLineOver(length: number): boolean {
    const { state, visibleRanges } = this.#editor;
    return visibleRanges.some(({ from }) => state.doc.lineAt(from).length > length);
  }

  /** Whether the text begins as JSON does. */
  get looksLikeJson(): boolean {
    return /^\s*[{[]/.test(this.slice(0, 200));
  }

  /** Puts another text in the place of all of it, as one step that can be undone. */
  replaceAll(text: string): void {
    const { state } = this.#editor;
    this.#editor.dispatch({
      changes: state.doc.length === 0 && text === "" ? [] : { from: 0, to: state.doc.length, insert: text },
      selection: { anchor: 0 },
      scrollIntoView: true,
      annotations: isolateHistory.of("full"),
    });
  }

  /** Changes the text; the edits speak of it as it is now. */
  change(edits: Edit[]): void {
    this.#editor.dispatch({ changes: edits });
  }

  undo(): boolean {
    return undo(this.#editor);
  }

  redo(): boolean {
    return redo(this.#editor);
  }

  find(): void {
    this.#editor.focus();
    openSearchPanel(this.#editor);
  }

  override focus(): void {
    this.#editor.focus();
  }

  /** Shows a stretch of the text, selected. */
  reveal(from: number, to: number): void {
    const end = Math.min(to, this.length);
    this.#editor.dispatch({
      selection: EditorSelection.range(Math.min(from, end), end),
      effects: EditorView.scrollIntoView(Math.min(from, end), { y: "start", yMargin: 48 }),
    });
    this.#editor.focus();
  }

  /** Whether token boundaries are coloured. */
  colourTokens(on: boolean): void {
    this.#editor.dispatch({ effects: colours.of(on) });
  }

  /** Asks for the tokens anew, when another model counts. */
  recolour(): void {
    this.#editor.dispatch({ effects: colours.of("again") });
  }

  /** Loads what reads JSON; the first answer does not wait for it. */
  async loadJson(): Promise<() => Extension> {
    return (await import("@codemirror/lang-json")).json;
  }

  /** Reads the text as JSON or as plain text, to colour and to fold it. */
  async readAsJson(wanted: boolean): Promise<void> {
    const isJson = wanted && this.length <= LONGEST_PARSED;
    if (isJson === this.#isJson) return;
    this.#isJson = isJson;
    const json = isJson ? await this.loadJson().catch(() => undefined) : undefined;
    if (isJson === this.#isJson) this.#editor.dispatch({ effects: this.#language.reconfigure(json?.() ?? []) });
  }

  /** The offset of a line and a column, both from 1; columns count characters, not UTF-16 units. */
  offsetAt(line: number, column: number): number {
    const { doc } = this.#editor.state;
    const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const characters = [...at.text.slice(0, 2 * column)];
    return at.from + characters.slice(0, column - 1).join("").length;
  }

  /** Underlines what is wrong, or nothing. */
  mark(fault: { from: number; to: number; message: string } | undefined): void {
    const { state } = this.#editor;
    const from = Math.min(fault?.from ?? 0, state.doc.length);
    const to = Math.min(Math.max(fault?.to ?? 0, from + 1), state.doc.length);
    const found = fault === undefined ? [] : [{ from: Math.min(from, to), to, severity: "error" as const, message: fault.message }];
    this.#editor.dispatch(setDiagnostics(state, found));
  }

  /** Called when the size of the box around it has changed by other means than the window. */
  measure(): void {
    this.#editor.requestMeasure();
  }
}

/** A change as edits that are made one after the other. */
function editsOf(changes: ChangeSet): Edit[] {
  const edits: Edit[] = [];
  changes.iterChanges((fromA, toA, fromB, _toB, inserted) => {
    edits.push({ from: fromB, to: fromB + toA - fromA, insert: inserted.sliceString(0, inserted.length, "\n") });
  });
  return edits;
}

customElements.define("prompt-editor", PromptEditor);

declare global {
  interface HTMLElementTagNameMap {
    "prompt-editor": PromptEditor;
  }
}
