/** The entry for Cloudflare's workers with the large core from the start. */
import { provide } from "./running.js";
import full from "#full.wasm";

export * from "./api.js";
export { readyFull as init, readyFull as loadFull } from "./running.js";

provide(() => full, true);
