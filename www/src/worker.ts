/**
 * The core, off the page's thread. It keeps the text, counts it at every edit where it was asked to
 * watch it, and answers calls about it.
 */
import { calibrate, check, Document, fit, init, loadFull, models, policy, route, settle } from "tokenleash";
import type { CheckOptions, Correction, Fit, FitOptions, ModelSummary, PolicyDocument, PolicyOptions, Report, RouteOptions, RouteReport, Settlement, TokenleashError, Usage } from "tokenleash";
import type { Addition } from "./dialects.ts";
import { minutes, type MinuteQuestion, type Minutes } from "./minute.ts";
import type { Edit, Fault, FromCore, ToCore } from "./protocol.ts";
import { addition, locate, readable, removal, sources, type PartSource, type Span } from "./outline.ts";

let text = "";
let revision = 0;
let watched: Document | undefined;

const tell = (message: FromCore) => postMessage(message);

function edit(edits: Edit[]): void {
  for (const { from, to, insert } of edits) {
    text = text.slice(0, from) + insert + text.slice(to);
    watched?.edit(from, to, insert);
  }
}

/** A report, or why there is none. */
export type Outcome = { report: Report } | { fault: Fault };

export function faultOf(error: unknown): Fault {
  const { message, code, line, column, pointer } = error as TokenleashError;
  return { message: message ?? String(error), code: code ?? "", line, column, pointer };
}

function outcome(options: CheckOptions): Outcome {
  try {
    return { report: check(text, options) };
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

/** A report; where nothing names a model, one by the model to assume. */
function report(options: CheckOptions, assumed: string): { report?: Report; fault?: Fault; assumedModel: boolean } {
  const said = outcome(options);
  if ("fault" in said && said.fault.code === "missing-model") {
    return { ...outcome({ ...options, model: assumed }), assumedModel: true };
  }
  return { ...said, assumedModel: false };
}

const calls = {
  report,
  models: (): ModelSummary[] => models(),
  settle: (usage: Usage): Settlement => settle(usage),
  route: (options: RouteOptions): RouteReport => route(options),
  policy: (options: PolicyOptions): PolicyDocument => policy(options),
  /** The same text by several settings. */
  compare: (each: CheckOptions[]): Outcome[] => each.map(outcome),
  fit: (options: FitOptions): Fit<string> => fit(text, options),
  minutes: (question: MinuteQuestion): Minutes => minutes(question),
  calibrate: (usage: string, options: CheckOptions): Correction => calibrate(text, usage, options),
  /** Counts the text by a model from now on; the text's tokens, or why that model cannot. */
  watch(model: string): number {
    const next = new Document(text, model);
    watched?.free();
    watched = next;
    return next.total;
  },
  tokensIn: (from: number, to: number): number | undefined => watched?.tokensIn(from, Math.min(to, watched.length)),
  tokenEnds: (stretches: [from: number, to: number][]): (Uint32Array | undefined)[] =>
    stretches.map(([from, to]) => watched?.tokenEnds(from, Math.min(to, watched.length))),
  /** Where the value at a pointer stands, or the nearest around it. */
  locate: (pointer: string): Span | undefined => locate(text, pointer),
  /** What stands at each pointer. */
  sources: (pointers: string[]): (PartSource | undefined)[] => sources(text, pointers),
  /** The edits that take the value at a pointer out. */
  removal: (pointer: string): Edit[] => removal(text, pointer),
  /** The edits that put a value into the request. */
  addition: (added: Addition): Edit[] => addition(text, added),
  /** Two texts to be read beside each other: the text and another. */
  readable: (other: string): [string, string] => [readable(text), readable(other)],
};

export type Calls = typeof calls;

const ready = init();

async function answer(message: Exclude<ToCore, { kind: "load" }>): Promise<void> {
  const began = performance.now();
  try {
    await ready;
    if (message.kind === "edit") {
      edit(message.edits);
      revision = message.revision;
      if (watched) tell({ kind: "total", revision, total: watched.total });
      return;
    }
    const call = calls[message.name as keyof Calls] as (...given: unknown[]) => unknown;
    const value = call(...message.given);
    tell({ kind: "done", id: message.id, value, revision, took: performance.now() - began });
  } catch (error) {
    // An edit that fails has nobody to tell; the next question fails for the same reason.
    if (message.kind === "call") tell({ kind: "failed", id: message.id, fault: faultOf(error), revision, took: performance.now() - began });
  }
}

/** Swaps the core with every vocabulary in. Questions are answered meanwhile. */
async function load(id: number): Promise<void> {
  try {
    await ready;
    await loadFull();
    tell({ kind: "done", id, value: undefined, revision, took: 0 });
  } catch (error) {
    tell({ kind: "failed", id, fault: faultOf(error), revision, took: 0 });
  }
}

// One after the other, in the order in which they came.
let queue = Promise.resolve();
onmessage = ({ data }: MessageEvent<ToCore>) => {
  if (data.kind === "load") void load(data.id);
  else queue = queue.then(() => answer(data));
};
