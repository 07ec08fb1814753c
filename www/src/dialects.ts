/** Where the dialects write what the page adds to a request: an empty message, a cache point. */
import type { Dialect, Report } from "tokenleash";

/** A text without words, as the content of a message. */
export const emptyContent = (dialect: Dialect) => (dialect === "converse" || dialect === "nova" ? [{ text: "" }] : "");

/** A value for a place of the request: an element for the end of an array, or a member of an object. */
export type Addition = { end: string; value: unknown } | { member: string; key: string; value: unknown };

/** A cache point behind the system prompt, or behind the tools where there is none; nothing where the dialect has none. */
export function cachePoint({ dialect, input }: Report): Addition | undefined {
  const last = input.parts.findLast(({ role, kind }) => role === "system" && kind === "text") ?? input.parts.findLast(({ kind }) => kind === "tool-definition");
  if (last === undefined) return undefined;
  // The block or the definition, without what leads to its text.
  const block = last.pointer.replace(/\/text$/, "");
  const array = /^(.*)\/\d+$/.exec(block)?.[1];
  if (array === undefined) return undefined;
  if (dialect === "converse" || dialect === "nova") return { end: array, value: { cachePoint: { type: "default" } } };
  if (dialect === "messages") return { member: block, key: "cache_control", value: { type: "ephemeral" } };
  return undefined;
}
