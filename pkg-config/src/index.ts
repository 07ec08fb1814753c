/**
 * Tokens, quota and cost of an Amazon Bedrock request, before it is sent.
 *
 * Await {@link init} once; everything else is synchronous. Nothing leaves the machine. This is the entry
 * for browsers and what bundlers make for them: the core is a file beside this one.
 */
import { load, type Source } from "./running.js";

export * from "./api.js";

/** Loads the core, at most once; where it is at hand already, as in Node, there is nothing to wait for. */
export function init(source?: Source | Promise<Source>): Promise<void> {
  return load(() => source ?? new URL("./core_bg.wasm", import.meta.url), false);
}

/** Loads the core that also has the vocabularies of OpenAI's models and Nova, in the place of the smaller one. */
export function loadFull(source?: Source | Promise<Source>): Promise<void> {
  return load(() => source ?? import("#full-url").then((found) => found.default), true);
}
