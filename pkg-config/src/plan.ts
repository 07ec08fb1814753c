/** How much of a load an account carries, and which quota to ask for: the wire form of the Rust types. */
import type { Endpoint, Limits, LimitName, Note, Report } from "./report.js";
import { call } from "./running.js";

/** The requests of an application: what one looks like, and how many there are. */
export interface Load {
  model: string;
  profile?: string;
  sourceRegion?: string;
  endpoint?: Endpoint;
  rates?: "default" | "latest" | "guide" | "highest";
  reserveCacheReads?: boolean;
  allowUnknown?: boolean;
  /** Input tokens of a request that are neither read from the cache nor written to it. */
  input?: number;
  cacheRead?: number;
  cacheWrite?: number;
  /** How many of `input` begin every request alike: says what a cache would change. */
  cacheable?: number;
  /** How long answers were, in tokens; or the two percentiles. */
  outputs?: number[];
  outputP50?: number;
  outputP95?: number;
  /** What requests set today. */
  maxTokens?: number;
  /** How many of a thousand answers may be cut; 50 unless said otherwise. */
  maxCutPermille?: number;
  /** Requests in an ordinary minute. */
  perMinute?: number;
  /** Requests in the busiest; three standard deviations of random arrivals more unless given. */
  peakPerMinute?: number;
  limits?: Limits;
}

/** How long answers are. */
export interface AnswerLengths {
  /** How many were observed; null where only percentiles are given. */
  observed: number | null;
  p50: number;
  p95: number;
  p99: number;
  mean: number;
  longest: number;
}

/** What a `max_tokens` leads to; a request takes the larger of its reservation and its settlement. */
export interface Choice {
  choice: "as-set" | "least" | "recommended";
  maxTokens: number;
  reservation: number;
  settlement: number;
  takes: number;
  cutPermille: number;
  perMinute: number | null;
  inFlight: number | null;
}

/** What one limit carries. */
export interface Capacity {
  limit: LimitName;
  setBy: "catalog" | "caller";
  of: number;
  takes: number;
  fits: boolean;
  perMinute: number | null;
  perDay: number | null;
  inFlight: number | null;
}

/** What AWS asks in its form for a quota increase; `peakTpm` is the quota to ask for. */
export interface QuotaRequest {
  steadyTpm: number;
  steadyRpm: number;
  peakTpm: number;
  peakRpm: number;
  averageInputTokens: number;
  averageOutputTokens: number;
  tokensPerDay: number;
}

/** What a cache, another inference profile or another model would change. */
export interface Alternative {
  change: "none" | "cache" | "profile" | "model";
  model: string;
  name: string;
  profile: string | null;
  burndownRate: number;
  /** If not, the numbers of tokens that were given hold for the planned model only. */
  sameTokenizer: boolean;
  maxTokens: number;
  reservation: number;
  settlement: number;
  takes: number;
  perMinute: number | null;
  defaultTpm: number | null;
  microUsdPer1000: number | null;
}

/** How much of a load an account carries, and what would carry more. */
export interface Plan {
  catalogVersion: string;
  model: Report["model"];
  endpoint: Endpoint;
  burndownRate: number;
  inputTokens: number;
  output: AnswerLengths;
  choices: Choice[];
  limits: Capacity[];
  /** Null where nobody said how many requests there are; false where the profile does not offer the model. */
  fits: boolean | null;
  quotaRequest: QuotaRequest | null;
  alternatives: Alternative[];
  notes: Note[];
}

/** Says how much of a load an account carries, which `max_tokens` to set, and which quota to ask for. */
export function plan(load: Load, catalog?: string | object): Plan {
  return call((core) => core.plan(load, catalog));
}
