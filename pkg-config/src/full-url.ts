/** Stands alone, so that a bundler passes over the large core where nothing asks for it. */
export default new URL("./full_bg.wasm", import.meta.url);
