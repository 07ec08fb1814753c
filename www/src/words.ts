/** Numbers and names as a person reads them. */
import type { Judgement, Kind, Report, Role } from "tokenleash";

const whole = new Intl.NumberFormat("en");
const money = new Intl.NumberFormat("en", { style: "currency", currency: "USD", maximumFractionDigits: 6 });

export const grouped = (number: number) => whole.format(number);
export const dollars = (microUsd: number) => money.format(microUsd / 1e6);
export const tokens = (number: number) => `${grouped(number)} token${number === 1 ? "" : "s"}`;

/** A message of the core as a sentence; a name that begins it stays as it is written. */
export const sentence = (message: string) =>
  `${/^[a-z]+[A-Z_]/.test(message) ? message : message.charAt(0).toUpperCase() + message.slice(1)}${/[.!?]$/.test(message) ? "" : "."}`;

/** A number in four characters or so: 1,234 as it is, 3,000,000 as 3M. */
export function short(number: number): string {
  if (number < 10_000) return grouped(number);
  const [by, unit] = number < 1_000_000 ? [1e3, "k"] : [1e6, "M"];
  return `${whole.format(Math.round((number / by) * 10) / 10)}${unit}`;
}

/** The limits in words that need no manual. */
export const LIMITS: Record<Judgement["limit"], string> = {
  "context-window": "Context window",
  "output-limit": "Longest answer",
  input: "Input you asked for",
  tpm: "Tokens per minute",
  rpm: "Requests per minute",
  tpd: "Tokens per day",
  "input-tpm": "Input tokens per minute",
  "output-tpm": "Output tokens per minute",
  cost: "Money",
  profile: "Profile from this Region",
  residency: "Where it may be processed",
};

export const KINDS: Record<Kind, string> = {
  text: "text",
  image: "picture",
  document: "document",
  video: "video",
  audio: "audio",
  "tool-definition": "tool",
  "tool-use": "tool call",
  "tool-result": "tool result",
  reasoning: "reasoning",
  "guard-content": "guarded text",
  citations: "citations",
  "search-result": "search result",
  "output-schema": "answer schema",
  "cache-point": "cache point",
  unknown: "unknown part",
};

export const ROLES: Record<Role, string> = { system: "System", user: "User", assistant: "Assistant", tool: "Tool" };

/** How sure a count is, in words and at full length. */
export function sureness({ basis, low, high, tokens: expected, confidence }: Report["input"]): [string, string] {
  const range = low === high ? "" : `${grouped(low)} to ${grouped(high)}`;
  const share = confidence === null ? "" : ` Right for ${Math.round(confidence * 1000) / 10}% of such requests that were measured.`;
  if (basis === "exact") return [range || "exact", `Counted with the model's own vocabulary and frame.${share}`];
  if (basis === "measured") {
    const spread = range || "measured";
    return [spread, `Expected ${grouped(expected)}, by measured vocabularies and frames.${share}`];
  }
  return [range || "estimate", `An estimate: the model's vocabulary is not at hand.${share}`];
}
