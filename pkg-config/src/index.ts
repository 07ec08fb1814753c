/**
 * Tokens, quota and cost of an Amazon Bedrock request, before it is sent.
 *
 * Call {@link init} once; everything else is synchronous. Nothing leaves the machine.
 */
// @ts-ignore: the glue is written beside this file by the build.
import load, { initSync, calibrate as coreCalibrate, check as coreCheck, fit as coreFit, lint as coreLint, settle as coreSettle, countTokens as coreCount, models as coreModels, Document as CoreDocument } from "./core.js";
import type { Fit, FitOptions } from "./fit.js";
import type { CheckOptions, Correction, Note, Report, Settlement, TokenCount, Usage } from "./report.js";

export type * from "./fit.js";
export type * from "./report.js";

/** Where the wasm comes from, when not from beside this file. */
export type Source = URL | string | Request | Response | BufferSource | WebAssembly.Module;

let loading: Promise<void> | undefined;

/** Loads the core; further calls give the same promise, and a failed one may be tried again. */
export function init(source?: Source | Promise<Response>): Promise<void> {
  loading ??= (load(source === undefined ? undefined : { module_or_path: source }) as Promise<unknown>).then(
    () => undefined,
    (cause: unknown) => {
      loading = undefined;
      throw new Error("tokenleash: the core did not load; give init() its URL or bytes", { cause });
    },
  );
  return loading;
}

/** Loads the core at once, from bytes or a compiled module. */
export function initFrom(module: BufferSource | WebAssembly.Module): void {
  initSync({ module });
  loading = Promise.resolve();
}

/** What a request will take, and whether it fits. */
export function check(request: string | object, options?: CheckOptions, catalog?: string | object): Report {
  return coreCheck(request, options, catalog) as Report;
}

/** What a real `usage` of a request teaches about later requests of its model with its tools. */
export function calibrate(
  request: string | object,
  usage: string | object,
  options?: CheckOptions,
  catalog?: string | object,
): Correction {
  return coreCalibrate(request, usage, options, catalog) as Correction;
}

/** A request made to fit, and exactly what was given up; the caller's own is not touched. */
export function fit<R extends string | object>(request: R, options?: FitOptions, catalog?: string | object): Fit<R> {
  return coreFit(request, options, catalog) as Fit<R>;
}

/** What a provider would refuse a request for. */
export function lint(request: string | object, options?: CheckOptions): Note[] {
  return coreLint(request, options) as Note[];
}

/** What a finished request counted. */
export function settle(usage: Usage, catalog?: string | object): Settlement {
  return coreSettle(usage, catalog) as Settlement;
}

/** The tokens of a text, alone or as the only message of a request. */
export function countTokens(
  text: string,
  options: { model: string; message?: boolean },
  catalog?: string | object,
): TokenCount {
  return coreCount(text, options, catalog) as TokenCount;
}

/** A model of the catalog. */
export interface ModelSummary {
  id: string;
  name: string;
  provider: string;
  aliases: string[];
  contextWindow: number | null;
  maxOutputTokens: number | null;
  burndownRate: number;
  burndownDisputed: boolean;
  profiles: string[];
}

/** The models of the catalog. */
export function models(catalog?: string | object): ModelSummary[] {
  return coreModels(catalog) as ModelSummary[];
}

/**
 * A text that is edited and whose tokens are known after every edit. Offsets are those of JavaScript's
 * strings; an edit may cut a surrogate pair, and a lone half waits for the other one.
 */
export interface Document {
  /** The model, as it was given. */
  readonly model: string;
  /** The tokens of the text: what {@link countTokens} gives for it. */
  readonly total: number;
  /** The length of the text, as `text.length`. */
  readonly length: number;
  readonly text: string;
  /** Puts `insert` in the place of the text between two offsets; returns the new total. */
  edit(from: number, to: number, insert: string): number;
  /** The tokens that end behind `from`, up to and with `to`. */
  tokensIn(from: number, to: number): number;
  /** Where those tokens end; `undefined` where the model's own vocabulary is not at hand. */
  tokenEnds(from: number, to: number): Uint32Array | undefined;
  /** Gives the memory back before the garbage collector does. */
  free(): void;
}

/** A document for a model, in any spelling of it. */
export const Document = CoreDocument as new (text: string, model: string, catalog?: string | object) => Document;
