/** Without a core: the caller says where it is, or gives its bytes or module. */
import { load, type Source } from "./running.js";

export * from "./api.js";

/** Loads the core, `tokenleash/core.wasm`, from where the caller says. */
export function init(source: Source | Promise<Source>): Promise<void> {
  return load(() => source, false);
}

/** Loads the large core, `tokenleash/full.wasm`, from where the caller says. */
export function loadFull(source: Source | Promise<Source>): Promise<void> {
  return load(() => source, true);
}
