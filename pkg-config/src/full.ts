/** The same as the entry for browsers, with the large core from the start. */
import { loadFull } from "./index.js";

export * from "./api.js";
export { loadFull, loadFull as init };
