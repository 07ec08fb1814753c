/** Two texts as one with their differences marked, read only. Loaded when it is first wanted. */
import { json } from "@codemirror/lang-json";
import { syntaxHighlighting } from "@codemirror/language";
import { unifiedMergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { jsonColours, look } from "./look.ts";

const differenceLook = EditorView.theme({
  ".cm-changedLine": { backgroundColor: "var(--good-tint) !important" },
  ".cm-changedText": { background: "color-mix(in srgb, var(--good) 24%, transparent) !important" },
  ".cm-deletedChunk": { backgroundColor: "var(--bad-tint) !important", paddingLeft: "8px" },
  ".cm-deletedChunk .cm-deletedText": { background: "none !important" },
  ".cm-changeGutter": { width: "3px", paddingLeft: "0" },
  ".cm-changedLineGutter": { background: "var(--good)" },
  ".cm-deletedLineGutter": { background: "var(--bad)" },
  ".cm-collapsedLines": {
    padding: "5px 12px",
    background: "var(--raised)",
    color: "var(--soft)",
    borderBlock: "1px solid var(--line)",
    fontFamily: "var(--sans)",
    fontSize: "12.5px",
  },
  ".cm-collapsedLines::before, .cm-collapsedLines::after": { content: '""', margin: "0" },
});

/** Shows the difference inside an element; gives what takes it away. */
export function showDifference(host: HTMLElement, before: string, after: string): () => void {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  root.replaceChildren();
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: after,
      extensions: [
        EditorState.lineSeparator.of("\n"),
        EditorState.readOnly.of(true),
        EditorView.editable.of(false),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": "What the fit changes", tabindex: "0" }),
        lineNumbers(),
        /^\s*[{[]/.test(after) ? json() : [],
        syntaxHighlighting(jsonColours),
        look,
        unifiedMergeView({
          original: EditorState.create({ doc: before, extensions: EditorState.lineSeparator.of("\n") }).doc,
          mergeControls: false,
          syntaxHighlightDeletions: true,
          collapseUnchanged: { margin: 2, minSize: 5 },
          diffConfig: { scanLimit: 2000, timeout: 500 },
        }),
        differenceLook,
      ],
    }),
  });
  return () => view.destroy();
}
