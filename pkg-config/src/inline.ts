/** The core as text within the script: nothing is fetched, nothing to await. For where no file can be served. */
import { decoded } from "./base64.js";
import { load, provide, type Source } from "./running.js";
import core from "#core-bytes";

export * from "./api.js";
export { ready as init } from "./running.js";

provide(() => decoded(core), false);

/** Loads the large core from a file beside this one, or from where it is said to be. */
export function loadFull(source?: Source | Promise<Source>): Promise<void> {
  return load(() => source ?? import("#full-url").then((found) => found.default), true);
}
