/**
 * What every entry of the package exports. A function of the core is added here and nowhere else, or in a
 * file of its own that is exported from here.
 */
import type { ModelSummary } from "./catalog.js";
import type { Fit, FitOptions } from "./fit.js";
import type { CheckOptions, Correction, Note, Report, Settlement, TokenCount, Usage } from "./report.js";
import { call } from "./running.js";

export type * from "./catalog.js";
export type * from "./fit.js";
export type * from "./report.js";
export * from "./policy.js";
export * from "./route.js";
export { Document } from "./document.js";
export * from "./ledger.js";
export * from "./plan.js";
export { CoreCrashed, initFrom, reset, type Binary, type Source } from "./running.js";

/** What a request will take, and whether it fits. */
export function check(request: string | object, options?: CheckOptions, catalog?: string | object): Report {
  return call((core) => core.check(request, options, catalog));
}

/** What a real `usage` of a request teaches about later requests of its model with its tools. */
export function calibrate(
  request: string | object,
  usage: string | object,
  options?: CheckOptions,
  catalog?: string | object,
): Correction {
  return call((core) => core.calibrate(request, usage, options, catalog));
}

/** A request made to fit, and exactly what was given up; the caller's own is not touched. */
export function fit<R extends string | object>(request: R, options?: FitOptions, catalog?: string | object): Fit<R> {
  return call((core) => core.fit(request, options, catalog));
}

/** What a provider would refuse a request for. */
export function lint(request: string | object, options?: CheckOptions): Note[] {
  return call((core) => core.lint(request, options));
}

/** What a finished request counted. */
export function settle(usage: Usage, catalog?: string | object): Settlement {
  return call((core) => core.settle(usage, catalog));
}

/** The tokens of a text, alone or as the only message of a request. */
export function countTokens(
  text: string,
  options: { model: string; message?: boolean },
  catalog?: string | object,
): TokenCount {
  return call((core) => core.countTokens(text, options, catalog));
}

/** The models of the catalog, and for which of them the loaded core has the vocabulary. */
export function models(catalog?: string | object): ModelSummary[] {
  return call((core) => core.models(catalog));
}
