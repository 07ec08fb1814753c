/** Modules that the build writes, and files that it lays beside the entries. */
declare module "#core.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
declare module "#full.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
declare module "#core-bytes" {
  const text: string;
  export default text;
}
declare module "#core-packed" {
  const text: string;
  export default text;
}
declare module "#full-packed" {
  const text: string;
  export default text;
}
declare module "#full-url" {
  const url: URL;
  export default url;
}
declare module "#glue" {
  /** A fresh copy of wasm-bindgen's glue, with its own state. */
  export function glue(): typeof import("#core");
}
