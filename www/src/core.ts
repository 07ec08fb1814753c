/** The core as the page's thread sees it: edits go in at once, answers come when they are there. */
import type { Edit, Fault, FromCore, ToCore } from "./protocol.ts";
import { coreScript } from "./trusted.ts";
import type { Calls } from "./worker.ts";

/** Why the core has no answer. */
export class CoreError extends Error {
  constructor(
    readonly fault: Fault,
    readonly revision: number,
  ) {
    super(fault.message);
  }
}

export interface Answered<T> {
  value: T;
  /** The revision of the text that the answer speaks of. */
  revision: number;
  /** Milliseconds. */
  took: number;
}

/** One thread with the core and a copy of the text. */
export class Core {
  /** Called with the text's tokens after each edit, once `watch` was called. */
  onTotal: (revision: number, total: number) => void = () => {};
  #worker = new Worker(coreScript(), { type: "module" });
  #waiting = new Map<number, { done(answered: Answered<unknown>): void; failed(error: Error): void }>();
  #last = 0;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<FromCore>) => this.#hear(data);
    this.#worker.onerror = (event) => this.#break(new Error(event.message || "the core did not load"));
  }

  edit(revision: number, edits: Edit[]): void {
    this.#tell({ kind: "edit", revision, edits });
  }

  /** Asks, and says of which text the answer speaks. */
  ask<K extends keyof Calls>(name: K, ...given: Parameters<Calls[K]>): Promise<Answered<ReturnType<Calls[K]>>> {
    return this.#send((id) => ({ kind: "call", id, name, given })) as Promise<Answered<ReturnType<Calls[K]>>>;
  }

  /** Asks where the text does not matter or does not change. */
  async call<K extends keyof Calls>(name: K, ...given: Parameters<Calls[K]>): Promise<ReturnType<Calls[K]>> {
    return (await this.ask(name, ...given)).value;
  }

  /** Loads the large core, which has every vocabulary. */
  async loadVocabularies(): Promise<void> {
    await this.#send((id) => ({ kind: "load", id }));
  }

  #send(message: (id: number) => ToCore): Promise<Answered<unknown>> {
    const id = ++this.#last;
    return new Promise((done, failed) => {
      this.#waiting.set(id, { done, failed });
      this.#tell(message(id));
    });
  }

  #tell(message: ToCore): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromCore): void {
    if (message.kind === "total") return this.onTotal(message.revision, message.total);
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.kind === "done") waiting?.done(message as Answered<unknown>);
    else waiting?.failed(new CoreError(message.fault, message.revision));
  }

  #break(error: Error): void {
    for (const { failed } of this.#waiting.values()) failed(error);
    this.#waiting.clear();
  }
}

/** Of questions asked faster than they are answered only the last is asked; earlier ones give nothing. */
export function latest<A extends unknown[], T>(ask: (...given: A) => Promise<T>): (...given: A) => Promise<T | undefined> {
  let running = false;
  let next: { given: A; done(value: T | undefined): void } | undefined;
  async function run(given: A): Promise<T | undefined> {
    running = true;
    try {
      return await ask(...given);
    } catch {
      return undefined;
    } finally {
      running = false;
      const waiting = next;
      next = undefined;
      if (waiting) void run(waiting.given).then(waiting.done);
    }
  }
  return (...given) => {
    if (!running) return run(given);
    next?.done(undefined);
    return new Promise((done) => {
      next = { given, done };
    });
  };
}
