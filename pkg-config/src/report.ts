/** What goes in and what comes out: the wire form of the Rust types, proved against real reports. */

export type Dialect = "converse" | "messages" | "nova" | "chat" | "text";
export type Endpoint = "runtime" | "mantle";
export type Basis = "exact" | "measured" | "estimated";
export type Role = "system" | "user" | "assistant" | "tool";
export type Kind =
  | "text" | "image" | "document" | "video" | "audio" | "tool-definition" | "tool-use" | "tool-result"
  | "reasoning" | "guard-content" | "citations" | "search-result" | "output-schema" | "cache-point" | "unknown";
export type LimitName =
  | "input" | "context-window" | "output-limit" | "tpm" | "rpm" | "tpd" | "input-tpm" | "output-tpm" | "cost" | "profile" | "residency";

/** What the account allows and has used; tokens, requests, micro-dollars. */
export interface Limits {
  tpm?: number;
  rpm?: number;
  tpd?: number;
  inputTpm?: number;
  outputTpm?: number;
  budgetMicroUsd?: number;
  usedTpm?: number;
  usedRpm?: number;
  usedTpd?: number;
}

/** Settings of a check. */
export interface CheckOptions {
  /** Any spelling: Bedrock id, profile id, ARN, the maker's own name. Needed unless the request names it. */
  model?: string;
  profile?: string;
  sourceRegion?: string;
  /** Where the prompt may be processed: `anz`, `au`, `nz`, `eu`, `us`, `jp`, or `none` for anywhere. */
  residency?: string;
  dialect?: Dialect;
  maxTokens?: number;
  expectedOutput?: number;
  endpoint?: Endpoint;
  rates?: "default" | "guide" | "latest" | "highest";
  /** Whether admission deducts cache reads too; on unless said otherwise. */
  reserveCacheReads?: boolean;
  cache?: "cold" | "warm";
  allowUnknown?: boolean;
  /** The `usage` of an answer to this very request, or the answer: its input is known then. */
  observed?: object;
  /** What the usage of an earlier request taught; see `calibrate`. */
  correction?: Correction;
  limits?: Limits;
}

/** The difference that one observation showed, for later requests of the same model and tools. */
export interface Correction {
  model: string;
  /** A fingerprint of the tools; empty without tools. */
  tools: string;
  expected: number;
  observed: number;
}

/** A provider's usage, and the settings to judge it by. */
export interface Usage {
  model: string;
  input?: number;
  output?: number;
  cacheRead?: number;
  cacheWrite?: number;
  maxTokens?: number;
  profile?: string;
  endpoint?: Endpoint;
  rates?: "default" | "guide" | "latest" | "highest";
  reserveCacheReads?: boolean;
  allowUnknown?: boolean;
  /** The `usage` of a real answer in any provider's spelling, in place of the four counts. */
  observed?: object;
  limits?: Limits;
}

export interface Part {
  pointer: string;
  role: Role;
  kind: Kind;
  tokens: number;
}

export interface Judgement {
  limit: LimitName;
  setBy: "catalog" | "caller";
  of: number | null;
  used: number;
  needs: number | null;
  fits: boolean;
  headroom?: number;
  shortBy?: number;
}

export interface Advice {
  code: string;
  maxTokens?: number;
  savesTokens?: number;
  message: string;
}

export interface Note {
  code: string;
  message: string;
  pointer: string | null;
}

export interface Cost {
  currency: "USD";
  inputMicroUsd: number;
  outputWorstMicroUsd: number;
  totalWorstMicroUsd: number;
  totalExpectedMicroUsd: number | null;
}

/** What a request will take, and whether it fits. */
export interface Report {
  catalogVersion: string;
  dialect: Dialect;
  model: { id: string; name: string; profile: string | null; sourceRegion: string | null };
  input: {
    tokens: number;
    low: number;
    high: number;
    basis: Basis;
    ownVocabulary: boolean;
    confidence: number | null;
    parts: Part[];
    frame: number;
    /** What an observed usage adds, or takes away. */
    shift?: number;
    cacheRead: number;
    cacheWrite: number;
  };
  output: {
    maxTokens: number | null;
    expected: number | null;
    limit: number | null;
    setBy: "request" | "flag" | "model";
  };
  quota: {
    endpoint: Endpoint;
    burndownRate: number;
    reservation: number;
    settlement: { expected: number | null; worst: number };
    charge: number;
  };
  cost: Cost | null;
  limits: Judgement[];
  fits: boolean;
  /** What the observed usage teaches about later requests of this model with these tools. */
  correction?: Correction;
  advice: Advice[];
  notes: Note[];
}

/** What a finished request counted. */
export interface Settlement {
  catalogVersion: string;
  model: string;
  endpoint: Endpoint;
  burndownRate: number;
  settlement: number;
  reservation: number | null;
  charge: number | null;
  billedTokens: number;
  cost: Cost | null;
  limits: Judgement[];
  fits: boolean;
  notes: Note[];
}

export interface TokenCount {
  model: string;
  tokens: number;
  low: number;
  high: number;
  basis: Basis;
  notes: Note[];
}

/** An error of the library. */
export interface TokenleashError extends Error {
  name: "TokenleashError";
  code: string;
  line?: number;
  column?: number;
  pointer?: string;
}
