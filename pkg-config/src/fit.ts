/** A fit's settings and its receipt: the wire form of the Rust types. */

import type { CheckOptions, Dialect, Judgement, Kind, LimitName, Note, Report, Role } from "./report.js";

/** Settings of a fit: those of a check, and what may be given up in which order. */
export interface FitOptions extends CheckOptions {
  /** The most the input may come to, at the high end of its range. */
  targetInput?: number;
  /** The shortest limit on the answer to go down to; the expected answer or 256 unless given. */
  minOutput?: number;
  prefer?: "cap" | "trim" | "balanced";
  policy?: "oldest-first" | "tool-results-first" | "middle-out";
  /** Whether texts may be shortened, or only whole units go. */
  shorten?: boolean;
  /** Where texts are cut, instead of each kind's own way. */
  cut?: "head" | "middle" | "tail";
  /** What stands in the place of a text's missing part. */
  marker?: string;
  keepFirst?: boolean;
  /** Keeps so many exchanges at the end, word for word. */
  keepLast?: number;
  /** JSON pointers of what stays, word for word. */
  pin?: string[];
  keepCachedPrefix?: boolean;
  /** What stands at a pointer goes later the higher its number is. */
  priorities?: Record<string, number>;
  dropUnusedTools?: boolean;
}

export interface FitSize {
  tokens: number;
  high: number;
  frame: number;
  maxTokens: number | null;
  charge: number;
}

/** One thing that was given up; pointers are those of the request as it was. */
export interface Cut {
  pointer: string;
  action: "dropped" | "shortened" | "capped";
  reason: string;
  role: Role | null;
  kind: Kind | null;
  tokensBefore: number;
  tokensAfter: number;
  removedBytes?: { start: number; end: number };
}

export interface Conflict {
  limits: { limit: LimitName; of: number | null; smallest: number | null }[];
  pinned: { pointer: string; tokens: number; reason: string }[];
  /** The tokens that the provider adds around it. */
  frame: number;
  smallestInput: number;
  maxTokens: number | null;
}

export interface CacheBreak {
  prefixBefore: number;
  prefixAfter: number;
  quotaTokens: number;
  writeMicroUsd: number | null;
  readMicroUsd: number | null;
}

export interface MessageFate {
  pointer: string;
  role: Role;
  tokensBefore: number;
  tokensAfter: number;
  dropped: boolean;
}

/** An operation of a JSON patch (RFC 6902). */
export interface PatchOperation {
  op: "remove" | "add" | "replace";
  path: string;
  value?: unknown;
}

/** A request made to fit, or why it cannot be, and what was given up for it. */
export interface Fit<R = unknown> {
  catalogVersion: string;
  dialect: Dialect;
  model: Report["model"];
  fits: boolean;
  changed: boolean;
  before: FitSize;
  after: FitSize;
  cuts: Cut[];
  /** Where the difference of the two sizes went; the three add up to it. */
  removed: { parts: number; frame: number; seams: number };
  limits: Judgement[];
  conflict: Conflict | null;
  cache: CacheBreak | null;
  messages: MessageFate[];
  notes: Note[];
  planHash: string;
  patch: { forward: PatchOperation[]; back: PatchOperation[] };
  /** In the form it was given in; unchanged where nothing fits. */
  request: R;
}
