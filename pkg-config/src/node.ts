/** For Node, Deno and Bun: the core is in a script, so that no bundler and no tracer can lose it. */
import { load, provide, type Source } from "./running.js";
import { unpacked } from "./unpacked.js";
import core from "#core-packed";

export * from "./api.js";
export { ready as init } from "./running.js";

provide(() => unpacked(core), false);

/** Loads the core that also has the vocabularies of OpenAI's models and Nova, in the place of the smaller one. */
export function loadFull(source?: Source | Promise<Source>): Promise<void> {
  return load(() => source ?? import("#full-packed").then((found) => unpacked(found.default)), true);
}
