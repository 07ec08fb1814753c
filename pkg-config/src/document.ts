/// <reference lib="esnext.disposable" preserve="true" />
import { Held } from "./held.js";
import type { Core } from "./running.js";

type CoreDocument = InstanceType<Core["Document"]>;

/** Stands alone, so that it does not keep the text the document was made with. */
const copier = (model: string, catalog: string | object | undefined) => (old: CoreDocument, core: Core) =>
  new core.Document(old.text, model, catalog);

/**
 * A text that is edited and whose tokens are known after every edit. Offsets are those of JavaScript's
 * strings; an edit may cut a surrogate pair, and a lone half waits for the other one.
 */
export class Document {
  readonly #held: Held<CoreDocument>;

  /** A document for a model, in any spelling of it. */
  constructor(text: string, model: string, catalog?: string | object) {
    this.#held = new Held((core) => new core.Document(text, model, catalog), copier(model, catalog));
  }

  /** The model, as it was given. */
  get model(): string {
    return this.#held.use((document) => document.model);
  }

  /** The tokens of the text: what `countTokens` gives for it. */
  get total(): number {
    return this.#held.use((document) => document.total);
  }

  /** The length of the text, as `text.length`. */
  get length(): number {
    return this.#held.use((document) => document.length);
  }

  get text(): string {
    return this.#held.use((document) => document.text);
  }

  /** Puts `insert` in the place of the text between two offsets; returns the new total. */
  edit(from: number, to: number, insert: string): number {
    return this.#held.use((document) => document.edit(from, to, insert));
  }

  /** The tokens that end behind `from`, up to and with `to`. */
  tokensIn(from: number, to: number): number {
    return this.#held.use((document) => document.tokensIn(from, to));
  }

  /** Where those tokens end; `undefined` where the model's own vocabulary is not at hand. */
  tokenEnds(from: number, to: number): Uint32Array | undefined {
    return this.#held.use((document) => document.tokenEnds(from, to));
  }

  /** Gives the memory back before the garbage collector does. */
  free(): void {
    this.#held.free();
  }

  [Symbol.dispose](): void {
    this.free();
  }
}
