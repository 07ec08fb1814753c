/** What the person has set, kept on this device. */
import type { CheckOptions, Limits } from "tokenleash";

/** How the page looks, as against what it computes. */
export interface Looks {
  theme: "system" | "light" | "dark";
  /** Whether token boundaries are coloured. */
  colours: boolean;
  /** The models that are compared, where they are not the first ones. */
  compared?: string[];
}

const OPTIONS = "tokenleash.options";
const LOOKS = "tokenleash.looks";

/** A choice that is the same as saying nothing is not said. */
const DEFAULTS: Partial<CheckOptions> = { endpoint: "runtime", rates: "default", reserveCacheReads: true, cache: "cold", allowUnknown: false };

export class Settings {
  #options: CheckOptions;
  #looks: Looks;
  #listeners: (() => void)[] = [];

  constructor() {
    this.#options = read<CheckOptions>(OPTIONS) ?? {};
    const wide = window.matchMedia("(min-width: 60rem)").matches;
    this.#looks = { theme: "system", colours: wide, ...read<Looks>(LOOKS) };
  }

  /** Those that differ from the defaults. */
  get options(): CheckOptions {
    return this.#options;
  }

  get limits(): Limits {
    return this.#options.limits ?? {};
  }

  get looks(): Looks {
    return this.#looks;
  }

  /** Calls at every change. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Sets some; `undefined` takes one back. */
  set(changes: Partial<CheckOptions>): void {
    this.replace({ ...this.#options, ...changes });
  }

  setLimit(name: keyof Limits, value: number | undefined): void {
    this.set({ limits: { ...this.limits, [name]: value } });
  }

  replace(options: CheckOptions): void {
    const limits = said(options.limits ?? {});
    const kept = said({ ...options, limits: Object.keys(limits).length === 0 ? undefined : limits });
    for (const name of Object.keys(DEFAULTS) as (keyof CheckOptions)[]) {
      if (kept[name] === DEFAULTS[name]) delete kept[name];
    }
    this.#options = kept;
    write(OPTIONS, kept);
    this.#tell();
  }

  setLooks(changes: Partial<Looks>): void {
    this.#looks = { ...this.#looks, ...changes };
    write(LOOKS, this.#looks);
    this.#tell();
  }

  /** Forgets everything, here and on the device. */
  clear(): void {
    this.replace({});
    try {
      localStorage.removeItem(OPTIONS);
    } catch {
      // Storage is shut off: nothing was kept.
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The fields that say something. */
function said<T extends object>(given: T): T {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== "")) as T;
}

function read<T>(key: string): T | undefined {
  try {
    const found = localStorage.getItem(key);
    const value: unknown = found === null ? undefined : JSON.parse(found);
    return typeof value === "object" && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage is full or shut off: the settings hold until the page is closed.
  }
}
