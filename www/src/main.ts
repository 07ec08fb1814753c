/** The page: what is written on the left, what it takes on the right. */
import { answerView } from "./answer.ts";
import { fillChoices } from "./catalog.ts";
import { comparePanel } from "./compare-panel.ts";
import { conversationView } from "./conversation.ts";
import { detailsPanel } from "./details-panel.ts";
import { keepDraft } from "./draft.ts";
import "./editor/prompt-editor.ts";
import { editorPane } from "./editor-pane.ts";
import { byId } from "./element.ts";
import { exportPanel } from "./export-panel.ts";
import { bind } from "./fields.ts";
import { fitPanel } from "./fit-panel.ts";
import { minutePanel } from "./minute-panel.ts";
import { modelPicker } from "./model-picker.ts";
import { Page } from "./page.ts";
import { showPanels, type Panel } from "./panels.ts";
import { settingsPanel } from "./settings-panel.ts";
import { keepOffline } from "./offline.ts";
import { openShared, shareMenu } from "./share.ts";
import { themeButton } from "./theme.ts";
import type { PromptEditor } from "./editor/prompt-editor.ts";

/** In the order of their tabs. */
const PANELS: readonly Panel[] = [detailsPanel, fitPanel, minutePanel, comparePanel, settingsPanel, exportPanel];

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
keepOffline();
