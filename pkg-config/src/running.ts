/**
 * The running instance of the core, and what happens when it crashes.
 *
 * Rust panics abort: the instance traps, and whatever it was changing stays half changed. So an instance
 * that let anything but its own errors through is not used again; {@link reset} puts a fresh one of the
 * same module in its place.
 */
import { glue } from "#glue";

/** @internal The exports of one instance. */
export type Core = ReturnType<typeof glue>;

/** Compiled or not. */
export type Binary = BufferSource | WebAssembly.Module;

/** Where the wasm comes from. */
export type Source = URL | string | Request | Response | Binary;

/** @internal */
export interface Running {
  readonly core: Core;
  readonly module: WebAssembly.Module;
  readonly full: boolean;
  /** What came through; set once. */
  crash?: { cause: unknown };
}

/** The core is of no use until `reset()`: something in it broke, which `cause` tells. */
export class CoreCrashed extends Error {
  override readonly name = "CoreCrashed";
  readonly code = "core-crashed";
  constructor(cause: unknown) {
    super(`tokenleash: the core has crashed (${cause}); reset() gives a fresh one`, { cause });
  }
}

let running: Running | undefined;
/** Wasm that is at hand, for the first call to start. */
let provided: { binary: () => Binary; full: boolean } | undefined;
const loading = new Map<boolean, Promise<void>>();

/** @internal Names wasm that is at hand. The full core takes the smaller one's place. */
export function provide(binary: () => Binary, full: boolean): void {
  if (provided?.full && !full) return;
  provided = { binary, full };
  if (full && !running?.full) running = undefined;
}

/** @internal Loads a core unless one is there; a failed load may be tried again. */
export function load(from: () => Source | Promise<Source>, full: boolean): Promise<void> {
  if (running && (running.full || !full)) return Promise.resolve();
  let promise = loading.get(full);
  if (!promise) {
    promise = start(from, full).finally(() => loading.delete(full));
    loading.set(full, promise);
  }
  return promise;
}

/**
 * @internal What `init` is where the wasm is at hand: there is nothing to wait for, and it is there so that
 * the same code runs with every entry.
 */
export function ready(source?: Source | Promise<Source>): Promise<void> {
  return source === undefined ? Promise.resolve() : load(() => source, false);
}

/** @internal The same for the large core. */
export function readyFull(source?: Source | Promise<Source>): Promise<void> {
  return source === undefined ? Promise.resolve() : load(() => source, true);
}

async function start(from: () => Source | Promise<Source>, full: boolean): Promise<void> {
  const module = await compiled(from).catch((cause: unknown) => {
    const message =
      "tokenleash: the core did not load. Where a bundler or server leaves the .wasm file out, import " +
      "tokenleash/inline, or tokenleash/slim and give init() its address or bytes.";
    throw Object.assign(new Error(`${message} (${cause})`, { cause }), { code: "not-loaded" });
  });
  const core = glue();
  await core.default({ module_or_path: module });
  // Another load may have been quicker, and the full core is not given up for the smaller.
  if (full || !running) running = { core, module, full };
}

async function compiled(from: () => Source | Promise<Source>): Promise<WebAssembly.Module> {
  let source = await from();
  if (typeof source === "string" || source instanceof URL || (typeof Request === "function" && source instanceof Request)) {
    source = await fetch(source);
  }
  if (typeof Response === "function" && source instanceof Response) {
    if (!source.ok) throw new Error(`HTTP ${source.status} from ${source.url}`);
    if (source.headers.get("content-type")?.startsWith("application/wasm")) return WebAssembly.compileStreaming(source);
    source = await source.arrayBuffer();
  }
  return source instanceof WebAssembly.Module ? source : WebAssembly.compile(source as BufferSource);
}

function instance(binary: Binary, full: boolean): Running {
  const module = binary instanceof WebAssembly.Module ? binary : new WebAssembly.Module(binary);
  const core = glue();
  core.initSync({ module });
  return { core, module, full };
}

/** Starts the core at once, from bytes or a compiled module, in the place of what runs. */
export function initFrom(binary: Binary): void {
  running = instance(binary, false);
}

/**
 * Puts a fresh instance in the place of the running one: after a crash, or to give memory back. Documents
 * of a crashed instance are lost with it; others move along.
 */
export function reset(): void {
  if (running) running = instance(running.module, running.full);
}

/** @internal The instance that runs; starts it where the wasm is at hand. */
export function live(): Running {
  running ??= provided && instance(provided.binary(), provided.full);
  if (!running) throw Object.assign(new Error("tokenleash: call and await init() first"), { code: "not-ready" });
  return running;
}

/** @internal Calls into an instance, and keeps watch. */
export function guarded<T>(running: Running, run: (core: Core) => T): T {
  if (running.crash) throw new CoreCrashed(running.crash.cause);
  try {
    return run(running.core);
  } catch (cause) {
    if (cause instanceof CoreCrashed || (cause as Error | undefined)?.name === "TokenleashError") throw cause;
    running.crash = { cause };
    throw new CoreCrashed(cause);
  }
}

/** @internal Calls into the instance that runs. */
export function call<T>(run: (core: Core) => T): T {
  return guarded(live(), run);
}
