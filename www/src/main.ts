/** The page: what is written on the left, what it takes on the right. */
import { answerView } from "./answer.ts";
import { fillChoices } from "./catalog.ts";
import { conversationView } from "./conversation.ts";
import { detailsPanel } from "./details-panel.ts";
import { keepDraft } from "./draft.ts";
import "./editor/prompt-editor.ts";
import { editorPane } from "./editor-pane.ts";
import { byId } from "./element.ts";
import { bind } from "./fields.ts";
import { modelPicker } from "./model-picker.ts";
import { Page } from "./page.ts";
import { showPanels, type LaterPanel, type Panel } from "./panels.ts";
import { keepOffline } from "./offline.ts";
import { openShared, shareMenu } from "./share.ts";
import { ownLetters, themeButton } from "./theme.ts";
import type { PromptEditor } from "./editor/prompt-editor.ts";

/** In the order of their tabs. */
const PANELS: readonly (Panel | LaterPanel)[] = [
  detailsPanel,
  { id: "fit", name: "Make it fit", load: async () => (await import("./fit-panel.ts")).fitPanel },
  { id: "minute", name: "Per minute", load: async () => (await import("./minute-panel.ts")).minutePanel },
  { id: "compare", name: "Compare", load: async () => (await import("./compare-panel.ts")).comparePanel },
  { id: "route", name: "Route", load: async () => (await import("./route-panel.ts")).routePanel },
  { id: "settings", name: "Settings", load: async () => (await import("./settings-panel.ts")).settingsPanel },
  { id: "export", name: "Export", load: async () => (await import("./export-panel.ts")).exportPanel },
];

/** Loads what the first answer did not need, so that nothing is asked of the network later. */
async function loadTheRest(): Promise<void> {
  const rest = PANELS.flatMap((panel) => ("load" in panel ? [panel.load()] : []));
  await Promise.allSettled([...rest, import("./editor/difference.ts"), page.editor.loadJson(), ownLetters()]);
  document.body.dataset.loaded = "all";
  keepOffline();
}

const page = new Page(byId<PromptEditor>("editor"));
fillChoices(document);
bind(byId("quick"), page.settings);
themeButton(page.settings);
editorPane(page);
conversationView(page);
modelPicker(page);
shareMenu(page);
answerView(page);
showPanels(PANELS, page);
await openShared(page);
keepDraft(page);
await page.start();
if ("requestIdleCallback" in window) requestIdleCallback(() => void loadTheRest(), { timeout: 2000 });
else setTimeout(() => void loadTheRest(), 1000);
