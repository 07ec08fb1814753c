/** Where the values of a JSON text stand. */
import { applyEdits, findNodeAtLocation, format, modify, parseTree, type JSONPath, type Node } from "jsonc-parser";
import type { Addition } from "./dialects.ts";
import type { Edit } from "./protocol.ts";

export interface Span {
  from: number;
  to: number;
}

/** A value of the text: where it stands, and a string's own text. */
export interface PartSource extends Span {
  /** The text of a string; of anything else its JSON. */
  text: string;
  isString: boolean;
}

let parsed: { text: string; root: Node | undefined } = { text: "", root: undefined };

/** The tree of a text; the last one is kept, because several questions follow each other. */
function tree(text: string): Node | undefined {
  if (parsed.text !== text) parsed = { text, root: parseTree(text) };
  return parsed.root;
}

/** A pointer's steps; which of them are indexes depends on what they lead through. */
function steps(pointer: string): string[] {
  return pointer.split("/").slice(1).map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The node at a pointer, or the nearest that is there, and the path to it. */
function walk(root: Node, pointer: string): { node: Node; path: JSONPath; whole: boolean } {
  let node = root;
  const path: JSONPath = [];
  for (const step of steps(pointer)) {
    const key = node.type === "array" ? Number(step) : step;
    const next = findNodeAtLocation(node, [key]);
    if (next === undefined) return { node, path, whole: false };
    path.push(key);
    node = next;
  }
  return { node, path, whole: true };
}

export function locate(text: string, pointer: string): Span | undefined {
  const root = tree(text);
  if (root === undefined) return undefined;
  const { node } = walk(root, pointer);
  return { from: node.offset, to: node.offset + node.length };
}

export function sources(text: string, pointers: string[]): (PartSource | undefined)[] {
  const root = tree(text);
  return pointers.map((pointer) => {
    if (root === undefined) return undefined;
    const { node, whole } = walk(root, pointer);
    if (!whole) return undefined;
    const [from, to] = [node.offset, node.offset + node.length];
    const isString = node.type === "string";
    return { from, to, isString, text: isString ? (node.value as string) : text.slice(from, to) };
  });
}

export function removal(text: string, pointer: string): Edit[] {
  const root = tree(text);
  if (root === undefined) return [];
  const { path, whole } = walk(root, pointer);
  if (!whole) return [];
  // From the end backwards, so that no edit moves the place of another.
  return modify(text, path, undefined, {})
    .map(({ offset, length, content }) => ({ from: offset, to: offset + length, insert: content }))
    .sort((one, other) => other.from - one.from);
}

/** The edits that put a value at the end of an array, or into an object. */
export function addition(text: string, added: Addition): Edit[] {
  const root = tree(text);
  if (root === undefined) return [];
  const { node, path, whole } = walk(root, "end" in added ? added.end : added.member);
  const step = "key" in added ? added.key : (node.children?.length ?? 0);
  if (!whole || node.type !== ("key" in added ? "object" : "array")) return [];
  const formattingOptions = { insertSpaces: true, tabSize: 2 };
  return modify(text, [...path, step], added.value, { isArrayInsertion: "end" in added, formattingOptions })
    .map(({ offset, length, content }) => ({ from: offset, to: offset + length, insert: content }));
}

/** A JSON text laid out for reading, where it is hard to read as it is. */
export function readable(text: string): string {
  const longest = text.split("\n").reduce((most, line) => Math.max(most, line.length), 0);
  if (longest < LONGEST_READABLE_LINE || !/^\s*[{[]/.test(text)) return text;
  return applyEdits(text, format(text, undefined, { insertSpaces: true, tabSize: 2 }));
}

const LONGEST_READABLE_LINE = 400;
