/** What is known of models: the wire form of the Rust types. Prices are in micro-dollars per million tokens. */

/** A burndown rate, and the key of the source that publishes it. */
export interface PublishedRate {
  rate: number;
  source: string;
}

/** Another value that a source gives for a field of a group. */
export interface Dispute {
  field: string;
  value: number;
  source: string;
}

export interface PriceList {
  input: number;
  output: number;
  cacheWrite5m: number | null;
  cacheWrite1h: number | null;
  cacheRead: number | null;
  source: string;
}

export interface Prices {
  list: PriceList;
  geographic: PriceList | null;
  byProfile: Record<string, PriceList>;
  /** The prices of every token of a request whose input is longer. */
  longPrompt: { aboveTokens: number; list: PriceList; geographic: PriceList | null } | null;
  disputes: Dispute[];
}

/** AWS's default quotas; an account's own can be lower or higher. */
export interface Quotas {
  tpm: number | null;
  globalTpm: number | null;
  tpmByRegion: Record<string, number>;
  rpm: number | null;
  rpmByRegion: Record<string, number>;
  onDemandRpm: number | null;
  tpd: number | null;
  tpdCrossRegion: number | null;
  mantleInputTpm: number | null;
  mantleOutputTpm: number | null;
  disputes: Dispute[];
  source: string;
  mantleSource: string | null;
}

/** A model of the catalog. */
export interface ModelSummary {
  id: string;
  name: string;
  provider: string;
  aliases: string[];
  onBedrock: boolean;
  /** Which vocabulary counts for it. */
  tokenizer: string;
  /** Whether the loaded core has it; without it counts are estimates with a wide range. See `loadFull`. */
  ownVocabulary: boolean;
  contextWindow: number | null;
  maxOutputTokens: number | null;
  /** Quota tokens per output token, by the default policy. */
  burndownRate: number;
  burndownSource: string | null;
  burndownDisputed: boolean;
  disputedRates: PublishedRate[];
  prices: Prices | null;
  quotas: Quotas | null;
  /** The prefixes of the inference profiles it is offered by. */
  profiles: string[];
}
