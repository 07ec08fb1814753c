/** What the page's thread and the core's say to each other. */
import type { TokenleashError } from "tokenleash";

/** `insert` takes the place of the text between two offsets. Several are made one after the other. */
export interface Edit {
  from: number;
  to: number;
  insert: string;
}

export type ToCore =
  | { kind: "edit"; revision: number; edits: Edit[] }
  | { kind: "load"; id: number }
  | { kind: "call"; id: number; name: string; given: unknown[] };

export type FromCore =
  | { kind: "total"; revision: number; total: number }
  | { kind: "done"; id: number; value: unknown; revision: number; took: number }
  | { kind: "failed"; id: number; fault: Fault; revision: number; took: number };

/** An error as it crosses between threads, which keep only an error's message. */
export type Fault = Pick<TokenleashError, "message" | "code" | "line" | "column" | "pointer">;
