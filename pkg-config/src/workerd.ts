/** For Cloudflare's workers, which compile wasm when they are deployed and not when they run. */
import { load, provide, type Source } from "./running.js";
import core from "#core.wasm";

export * from "./api.js";
export { ready as init } from "./running.js";

provide(() => core, false);

/** A worker that needs the large core imports `tokenleash/full`, or gives the compiled module. */
export function loadFull(source?: Source | Promise<Source>): Promise<void> {
  if (source !== undefined) return load(() => source, true);
  const fault = new Error("tokenleash: a worker cannot load wasm when it runs; import from tokenleash/full");
  return Promise.reject(Object.assign(fault, { code: "not-loaded" }));
}
