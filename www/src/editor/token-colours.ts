/** Token boundaries as colours, for what is on screen and no more. */
import { RangeSetBuilder, StateEffect, StateField, type EditorState, type Extension } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, hoverTooltip, type PluginValue, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { element } from "../element.ts";

export type Stretch = [from: number, to: number];
/** Where the tokens of stretches of the text end; nothing where the text has changed meanwhile. */
export type TokenSource = (stretches: Stretch[]) => Promise<(Uint32Array | undefined)[] | undefined>;

/** Turns the colours on or off, or asks for them again. */
export const colours = StateEffect.define<boolean | "again">();
const found = StateEffect.define<{ stretches: Stretch[]; ends: (Uint32Array | undefined)[] }>();

/** Colours in a longer line would make every key in it slow. */
export const LONGEST_COLOURED_LINE = 20_000;
const HUES = 5;
const marks = Array.from({ length: HUES }, (_, hue) => Decoration.mark({ class: `token token-${hue}` }));

/** Whether colours are wanted. */
const wanted = StateField.define<boolean>({
  create: () => false,
  update: (on, { effects }) => effects.reduce((now, effect) => (effect.is(colours) && effect.value !== "again" ? effect.value : now), on),
});

const shown = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(set, transaction) {
    if (!transaction.state.field(wanted)) return Decoration.none;
    let next = set.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(found)) next = coloured(transaction.state, effect.value.stretches, effect.value.ends);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Hues start anew in each line, so that an edit changes those of its own line only. */
function coloured({ doc }: EditorState, stretches: Stretch[], ends: (Uint32Array | undefined)[]): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  stretches.forEach(([from], index) => {
    let start = from;
    let line = doc.lineAt(start);
    let hue = 0;
    for (const end of ends[index] ?? []) {
      if (start > line.to) {
        line = doc.lineAt(start);
        hue = 0;
      }
      if (end > start && line.length <= LONGEST_COLOURED_LINE) builder.add(start, Math.min(end, doc.length), marks[hue++ % HUES]!);
      start = Math.max(start, end);
    }
  });
  return builder.finish();
}

class Asker implements PluginValue {
  #asked = 0;
  #due = false;

  constructor(
    readonly view: EditorView,
    readonly source: TokenSource,
  ) {}

  update(update: ViewUpdate): void {
    const asked = update.transactions.some(({ effects }) => effects.some((effect) => effect.is(colours)));
    if (!update.state.field(wanted)) return;
    if ((!asked && !update.docChanged && !update.viewportChanged) || this.#due) return;
    // A key is painted first, and its colours in a frame of their own.
    this.#due = true;
    requestAnimationFrame(() =>
      setTimeout(() => {
        this.#due = false;
        void this.#ask();
      }),
    );
  }

  async #ask(): Promise<void> {
    const number = ++this.#asked;
    const { doc } = this.view.state;
    const stretches = this.view.visibleRanges
      .map(({ from, to }): Stretch => [from, to])
      .filter(([from, to]) => !(doc.lineAt(from).length > LONGEST_COLOURED_LINE && to <= doc.lineAt(from).to));
    const ends = await this.source(stretches);
    if (ends !== undefined && number === this.#asked) this.view.dispatch({ effects: found.of({ stretches, ends }) });
  }
}

/** How far around the pointer a token is looked for. */
const REACH = 300;

function tokenUnderPointer(source: TokenSource): Extension {
  return hoverTooltip(
    async (view, position) => {
      if (!view.state.field(wanted)) return null;
      const { doc } = view.state;
      const from = Math.max(0, position - REACH);
      const [ends] = (await source([[from, Math.min(doc.length, position + REACH)]])) ?? [];
      if (ends === undefined) return null;
      const index = ends.findIndex((end) => end > position);
      const [start, end] = [ends[index - 1], ends[index]];
      if (start === undefined && from > 0) return null;
      if (end === undefined) return null;
      const text = doc.sliceString(start ?? 0, end);
      const bytes = new TextEncoder().encode(text).length;
      const size = `${text.length === 1 ? "1 character" : `${text.length} characters`}, ${bytes === 1 ? "1 byte" : `${bytes} bytes`}`;
      return {
        pos: start ?? 0,
        end,
        above: true,
        create: () => ({
          dom: element("div", { class: "token-tip" }, [
            element("code", {}, [text.replaceAll(" ", "·").replaceAll("\n", "↵").replaceAll("\t", "⇥")]),
            ` one token, ${size}`,
          ]),
        }),
      };
    },
    { hoverTime: 200 },
  );
}

export const tokenColours = (source: TokenSource): Extension => [
  wanted,
  shown,
  ViewPlugin.define((view) => new Asker(view, source)),
  tokenUnderPointer(source),
];
