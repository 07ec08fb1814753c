/** Policies for a route: the wire form of the Rust types. */

import { call } from "./running.js";

/** What is asked of a policy. */
export interface PolicyOptions {
  /**
   * `identity` for a role (unless told); for an organization `scp-regions` (only the Regions the route needs),
   * `scp-require-profile` (no call of the models but by a profile), `scp-deny-global`.
   */
  kind?: "identity" | "scp-regions" | "scp-require-profile" | "scp-deny-global";
  /** In any spelling; `scp-deny-global` needs none. */
  models?: string[];
  profile?: string;
  sourceRegion?: string;
  /** Twelve digits; only `identity` needs it. */
  account?: string;
  /** Where it is not the source Region's own. */
  partition?: string;
  /** Application inference profiles of one model, by id or ARN, in the place of the system-defined one. */
  applicationProfiles?: string[];
  /** Refuses a route that may leave. */
  residency?: string;
}

/** A statement of a policy. */
export interface PolicyStatement {
  Sid: string;
  Effect: "Allow" | "Deny";
  Action: string[];
  Resource: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** A policy document in IAM's language. */
export interface PolicyDocument {
  Version: "2012-10-17";
  Statement: PolicyStatement[];
}

/** A policy document for a route; throws with the code `refused` where the route is not to be had. */
export function policy(options: PolicyOptions, catalog?: string | object): PolicyDocument {
  return call((core) => core.policy(options, catalog));
}
