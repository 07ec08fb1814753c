/** The entry for Node, Deno and Bun with the large core from the start. */
import { provide } from "./running.js";
import { unpacked } from "./unpacked.js";
import full from "#full-packed";

export * from "./api.js";
export { readyFull as init, readyFull as loadFull } from "./running.js";

provide(() => unpacked(full), true);
