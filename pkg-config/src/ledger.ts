/// <reference lib="esnext.disposable" preserve="true" />
import { Held } from "./held.js";
import type { Core } from "./running.js";

/** A limit that holds over time, or at a time. */
export type LedgerLimit = "tpm" | "rpm" | "tpd" | "in-flight";

/** What a ledger holds requests to; a limit that is left out does not hold. */
export interface LedgerLimits {
  /** Quota tokens per minute; of mantle's two quotas, the input or the output. */
  tpm?: number;
  /** Requests per minute. */
  rpm?: number;
  /** Quota tokens per day. */
  tpd?: number;
  /** How a minute and a day are measured; AWS does not document which it is. */
  window?: "sliding" | "fixed-minute" | "token-bucket";
  /** The most requests at a time; 100,000 unless said otherwise. */
  inFlight?: number;
  /** How long a ticket may stay open; an hour unless said otherwise. */
  ticketTtlMs?: number;
}

/** Whether a request may go. */
export type Admission =
  | { kind: "admit"; ticket: number }
  /** `untilMs`: when it would be admitted if nothing else happened until then. */
  | { kind: "wait"; untilMs: number; limit: LedgerLimit }
  /** It is larger than a whole limit. */
  | { kind: "never"; limit: LedgerLimit };

/** What closing a ticket did. */
export interface Settled {
  admittedMs: number;
  reserved: number;
  settled: number;
}

/** What is left of one limit; `used` is more than `of` where settlements exceeded their reservations. */
export interface Room {
  limit: LedgerLimit;
  of: number;
  used: number;
  headroom: number;
}

type CoreLedger = InstanceType<Core["Ledger"]>;

const hold = (make: (core: Core) => CoreLedger) =>
  new Held(make, (old: CoreLedger, core: Core) => core.Ledger.fromJSON(old.toJSON()));

/** Quota over time: when a request may go. Times are milliseconds, as of `Date.now()`. */
export class Ledger {
  #held: Held<CoreLedger>;

  /** A ledger in which nothing is counted yet. */
  constructor(limits: LedgerLimits) {
    this.#held = hold((core) => new core.Ledger(limits));
  }

  /** A ledger from what {@link toJSON} gave, as an object or its text. */
  static fromJSON(state: string | object): Ledger {
    const ledger = new Ledger({});
    const held = hold((core) => core.Ledger.fromJSON(state));
    ledger.free();
    ledger.#held = held;
    return ledger;
  }

  /** Admits a request if its charge (`quota.reservation` or `quota.charge` of its report) fits every limit now. */
  reserve(nowMs: number, charge: number): Admission {
    return this.#held.use((ledger) => ledger.reserve(nowMs, charge));
  }

  /** Counts a request that was sent without asking; gives its ticket. */
  record(nowMs: number, charge: number): number {
    return this.#held.use((ledger) => ledger.record(nowMs, charge));
  }

  /** Closes a ticket with what its request counted finally (`settlement` of `settle`). */
  settle(nowMs: number, ticket: number, settlement: number): Settled {
    return this.#held.use((ledger) => ledger.settle(nowMs, ticket, settlement));
  }

  /** Closes the ticket of a request that was not sent. */
  release(nowMs: number, ticket: number): Settled {
    return this.#held.use((ledger) => ledger.release(nowMs, ticket));
  }

  /** What is left of each limit. */
  headroom(nowMs: number): Room[] {
    return this.#held.use((ledger) => ledger.headroom(nowMs));
  }

  /** The requests whose tickets are open. */
  inFlight(): { requests: number; tokens: number } {
    return this.#held.use((ledger) => ledger.inFlight());
  }

  /** The whole ledger as a plain object, for `JSON.stringify` and {@link fromJSON}. */
  toJSON(): object {
    return this.#held.use((ledger) => ledger.toJSON());
  }

  /** Gives the memory back before the garbage collector does. */
  free(): void {
    this.#held.free();
  }

  [Symbol.dispose](): void {
    this.free();
  }
}
