/** Objects that live in the core. */
import { guarded, live, type Core, type Running } from "./running.js";

interface Handle {
  free(): void;
}

/**
 * @internal A handle into an instance of the core. It moves along when another instance takes that one's
 * place, unless that one crashed: then it is lost, and says so.
 */
export class Held<H extends Handle> {
  #in: Running;
  #handle: H | undefined;
  readonly #copy: (handle: H, core: Core) => H;

  constructor(make: (core: Core) => H, copy: (handle: H, core: Core) => H) {
    this.#in = live();
    this.#handle = guarded(this.#in, make);
    this.#copy = copy;
  }

  /** Calls into the instance that holds the object. */
  use<T>(run: (handle: H) => T): T {
    const handle = this.#present();
    return guarded(this.#in, () => run(handle));
  }

  #present(): H {
    const handle = this.#handle;
    if (!handle) throw Object.assign(new Error("tokenleash: used after free()"), { code: "freed" });
    const now = live();
    if (this.#in === now || this.#in.crash) return handle;
    const moved = guarded(this.#in, () => guarded(now, (core) => this.#copy(handle, core)));
    this.free();
    this.#in = now;
    this.#handle = moved;
    return moved;
  }

  free(): void {
    if (!this.#in.crash) this.#handle?.free();
    this.#handle = undefined;
  }
}
