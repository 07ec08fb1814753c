/** What the parts of the page share: the text, the settings, the core, and its last answer. */
import type { CheckOptions, ModelSummary, Report } from "tokenleash";
import { Core } from "./core.ts";
import type { PromptEditor } from "./editor/prompt-editor.ts";
import type { Edit, Fault } from "./protocol.ts";
import { Settings } from "./settings.ts";
import { byId } from "./element.ts";
import type { Calls } from "./worker.ts";

/** Counts a text where neither the settings nor the text name a model. */
export const ASSUMED_MODEL = "anthropic.claude-opus-4-6-v1";

/** A model with what the page shows of it beside the summary. */
export type CatalogModel = ModelSummary & { prices: { list: { input: number; output: number } } | null };

/** What is known of the text at this moment. */
export interface Answer {
  /** The last report; with `current` it speaks of the text and the settings as they are now. */
  report: Report | undefined;
  /** Why there is none. */
  fault: Fault | undefined;
  current: boolean;
  /** The input's tokens: the report's, and while it is being made anew what edits have added since. */
  tokens: number | undefined;
  /** Nothing named a model, and one was assumed. */
  assumedModel: boolean;
  empty: boolean;
  /** The model's vocabulary is on its way. */
  loading: boolean;
}

/** A key is painted before its report is begun, which would take the processor away from painting. */
const AFTER_PAINT = 30;
/** The longest pause between reports while someone types. */
const LONGEST_PAUSE = 700;

export class Page {
  readonly settings = new Settings();
  /** Makes reports; it may be busy for a second with a very long text. */
  readonly judge = new Core();
  /** Counts at every key, and is never busy for long; it is started behind the first answer. */
  #counter: Core | undefined;
  models: CatalogModel[] = [];
  /** When the core and its models are there. */
  readonly ready = this.judge.call("models").then((models) => {
    this.models = models as CatalogModel[];
  });
  answer: Answer = { report: undefined, fault: undefined, current: false, tokens: undefined, assumedModel: false, empty: true, loading: false };
  #listeners: ((answer: Answer) => void)[] = [];
  #judged = { revision: 0, epoch: -1 };
  /** Which settings the last question was asked with. */
  #epoch = 0;
  #judging = false;
  #due: ReturnType<typeof setTimeout> | undefined;
  #took = 0;
  #totals = new Map<number, number>();
  #watched = "";
  #vocabularies: "absent" | "loading" | "loaded" = "absent";
  #frame = 0;

  constructor(readonly editor: PromptEditor) {
    editor.onEdits = (revision, edits) => this.#edited(revision, edits);
    this.settings.onChange(() => {
      this.#epoch += 1;
      this.#schedule(0);
      this.#tell();
    });
  }

  /** Gives the first answer, once the core is there. */
  async start(): Promise<void> {
    try {
      await this.ready;
    } catch (error) {
      return this.#fail(error as Error);
    }
    await this.#judge();
    const counter = new Core();
    counter.onTotal = (revision, total) => {
      this.#totals.set(revision, total);
      this.#tell();
    };
    counter.edit(this.editor.revision, [{ from: 0, to: 0, insert: this.editor.text }]);
    this.#counter = counter;
    const { report } = this.answer;
    if (report) this.#watch(report.model.id);
  }

  /** Asks the counter; nothing before it is there. */
  async count<K extends "tokenEnds" | "tokensIn">(name: K, ...given: Parameters<Calls[K]>): Promise<ReturnType<Calls[K]> | undefined> {
    return this.#counter?.call(name, ...given);
  }

  /** Calls with each answer, at most once a frame. */
  onAnswer(listener: (answer: Answer) => void): void {
    this.#listeners.push(listener);
    listener(this.answer);
  }

  /** The settings as the core takes them, with the assumed model where none is named. */
  options(): CheckOptions {
    const { options } = this.settings;
    return this.answer.assumedModel ? { ...options, model: ASSUMED_MODEL } : options;
  }

  /** The model of the catalog that the last report speaks of. */
  model(id = this.answer.report?.model.id): CatalogModel | undefined {
    return this.models.find((model) => model.id === id);
  }

  /** Shows in the editor what stands at a pointer. */
  async reveal(pointer: string): Promise<void> {
    const asked = this.editor.revision;
    const isText = this.answer.report?.dialect === "text";
    const span = isText ? { from: 0, to: this.editor.length } : await this.judge.call("locate", pointer);
    if (span === undefined || asked !== this.editor.revision) return;
    this.onReveal();
    this.editor.reveal(span.from, span.to);
  }

  /** Called before the editor shows a place: whatever hides it goes. */
  onReveal: () => void = () => {};

  /** Says something for a moment, to eyes and screen readers alike. */
  notify(message: string): void {
    const notice = byId("notice");
    notice.textContent = message;
    notice.classList.add("shown");
    clearTimeout(this.#fading);
    this.#fading = setTimeout(() => notice.classList.remove("shown"), 5000);
  }
  #fading: ReturnType<typeof setTimeout> | undefined;

  #edited(revision: number, edits: Edit[]): void {
    this.judge.edit(revision, edits);
    this.#counter?.edit(revision, edits);
    this.#schedule(this.#pause);
    this.#tell();
  }

  #schedule(pause: number): void {
    if (this.#judging) return;
    if (pause === 0) {
      clearTimeout(this.#due);
      this.#due = undefined;
      void this.#judge();
    } else {
      this.#due ??= setTimeout(() => void this.#judge(), pause);
    }
  }

  /** The longer a report takes, the less often it is made while someone types. */
  get #pause(): number {
    return Math.min(Math.max(AFTER_PAINT, 2 * this.#took), LONGEST_PAUSE);
  }

  get #stale(): boolean {
    return this.#judged.revision !== this.editor.revision || this.#judged.epoch !== this.#epoch;
  }

  async #judge(): Promise<void> {
    clearTimeout(this.#due);
    this.#due = undefined;
    this.#judging = true;
    const epoch = this.#epoch;
    try {
      const { value, revision, took } = await this.judge.ask("report", this.settings.options, ASSUMED_MODEL);
      this.#took = took;
      this.#judged = { revision, epoch };
      for (const earlier of this.#totals.keys()) if (earlier < revision) this.#totals.delete(earlier);
      const { report, fault, assumedModel } = value;
      this.answer = { ...this.answer, report, fault, assumedModel };
      if (report) this.#watch(report.model.id);
      if (report?.notes.some(({ code }) => code === "vocabulary-left-out")) this.#loadVocabularies();
    } catch (error) {
      this.#judged = { revision: this.editor.revision, epoch };
      this.#fail(error as Error);
    }
    this.#judging = false;
    this.#tell();
    if (this.#stale) this.#schedule(this.#pause);
  }

  /** The core itself does not answer. */
  #fail({ message }: Error): void {
    this.answer = { ...this.answer, report: undefined, fault: { message: `the counter did not load, reload the page to try again (${message})`, code: "no-core" } };
    this.#tell();
  }

  /** Loads what counts the model's own tokens; until it is there, the range stands and says so. */
  #loadVocabularies(): void {
    if (this.#vocabularies !== "absent") return;
    this.#vocabularies = "loading";
    const loaded = () => {
      this.#vocabularies = "loaded";
      this.#watched = "";
      this.#epoch += 1;
      this.#schedule(0);
    };
    const failed = () => {
      this.#vocabularies = "absent";
      this.#tell();
      this.notify("The model's vocabulary could not be loaded; counts are a range. It is tried again with the next change.");
    };
    Promise.all([this.judge.loadVocabularies(), this.#counter?.loadVocabularies()]).then(loaded, failed);
  }

  /** Has the counter count by the report's model. */
  #watch(model: string): void {
    if (model === this.#watched || this.#counter === undefined) return;
    this.#watched = model;
    this.#totals.clear();
    void this.#counter.ask("watch", model).then(
      ({ value, revision }) => {
        this.#totals.set(revision, value);
        this.editor.recolour();
        this.#tell();
      },
      // A model that only an overlay or a guess knows is counted by reports alone.
      () => {},
    );
  }

  #tell(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.answer = { ...this.answer, current: !this.#stale && this.#vocabularies !== "loading", loading: this.#vocabularies === "loading", tokens: this.#tokens(), empty: this.editor.length === 0 };
      for (const listener of this.#listeners) listener(this.answer);
    });
  }

  #tokens(): number | undefined {
    const judged = this.answer.report?.input.tokens;
    if (judged === undefined || !this.#stale) return judged;
    const [then, now] = [this.#totals.get(this.#judged.revision), this.#totals.get(this.editor.revision)];
    return then === undefined || now === undefined ? judged : Math.max(0, judged + now - then);
  }
}
