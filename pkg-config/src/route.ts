/** Where a request may run: the wire form of the Rust types. */

import type { Endpoint, Note, Report } from "./report.js";
import { call } from "./running.js";

/** What is asked of a route. */
export interface RouteOptions {
  /** Any spelling; one that names a profile or Region need not be told them again. */
  model: string;
  /** The inference profile by its prefix; without it, every way from the source Region is listed. */
  profile?: string;
  sourceRegion?: string;
  /** Where a prompt may be processed: `anz`, `au`, `nz`, `eu`, `us`, `jp`, or `none` for anywhere. */
  residency?: string;
}

/** One way from a source Region to a model. */
export interface Way {
  /** What to send as `modelId`. */
  modelId: string;
  profileId: string | null;
  profile: string | null;
  endpoint: Endpoint;
  /** The Regions it may run in; `null` where they are not known, or any commercial Region will do. */
  destinationRegions: string[] | null;
  anywhere: boolean;
  dataAtRestRegion: string;
  quota: {
    family: "on-demand" | "cross-region" | "global-cross-region" | "mantle";
    region: string;
    tpm: number | null;
    outputTpm: number | null;
    rpm: number | null;
    source: string | null;
  };
  /** Micro-dollars per million tokens. */
  price: { input: number; output: number; dearerThanGlobalPerMille: number | null; source: string } | null;
  residencyHolds: boolean | null;
  residencyReason: string | null;
  source: string;
  note: string | null;
}

/** A Region with where it is. */
export interface RoutePlace {
  id: string;
  city: string;
  country: string;
}

/** Where a request may run, and whether it may. The fields of {@link Way} are there where the way is. */
export interface RouteReport extends Partial<Way> {
  catalogVersion: string;
  model: Report["model"];
  allowed: boolean;
  reason: string | null;
  alternatives: Way[];
  residency: { rule: string; name: string; countries: string[] } | null;
  regions: RoutePlace[];
  sources: { key: string; title: string; url: string; date: string; sure: "high" | "medium" | "low" }[];
  notes: Note[];
}

/** Where a request may run; a profile that is not offered there is an answer, not an error. */
export function route(options: RouteOptions, catalog?: string | object): RouteReport {
  return call((core) => core.route(options, catalog));
}
