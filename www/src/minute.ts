/** Many such requests, evenly spread: what the core's ledger admits of them, and what it counts when. */
import { Ledger, settle, type LedgerLimits, type Settlement, type Usage } from "tokenleash";

export interface MinuteQuestion {
  /** One request: its input, and the settings that decide how it is charged. */
  usage: Usage;
  maxTokens: number;
  /** How long the answers are; at most `maxTokens`. */
  output: number;
  limits: LedgerLimits;
  perMinute: number;
  /** How long a request takes. */
  lastsMs: number;
}

export interface Sample {
  ms: number;
  /** What counts to the minute now. */
  used: number;
  /** Of that, what is reserved for requests under way. */
  reserved: number;
}

export interface Minutes {
  samples: Sample[];
  sent: number;
  /** When requests were throttled. */
  throttledMs: number[];
  /** The most requests a minute of which none is throttled. */
  mostPerMinute: number;
  /** The largest max_tokens with which none is throttled; none where not even 1 does. */
  largestMaxTokens: number | undefined;
}

export const MINUTES = 3;
const END_MS = MINUTES * 60_000;
const STEP_MS = 1000;
/** More a minute than anyone's slider needs. */
export const MOST_PER_MINUTE = 2000;

/** The ledger's minute is longer than 60 s by at most one of its slots; what waits no longer is not throttled. */
const SLOT_MS = 250;

type Charged = Pick<Settlement, "reservation" | "settlement">;

/** What one request takes, by the core. */
const chargeOf = ({ usage, output }: MinuteQuestion, maxTokens: number): Charged => settle({ ...usage, output: Math.min(output, maxTokens), maxTokens });

/** Sends so many a minute, and gives what the ledger says, second by second where that is wanted. */
function send(question: MinuteQuestion, charge: Charged, perMinute: number, sampled: boolean): Pick<Minutes, "samples" | "sent" | "throttledMs"> {
  const ledger = new Ledger(question.limits);
  const samples: Sample[] = [];
  const throttledMs: number[] = [];
  const open: { ms: number; ticket: number }[] = [];
  let [done, sent] = [0, 0];
  const settleUntil = (ms: number) => {
    for (; done < open.length && open[done]!.ms <= ms; done += 1) ledger.settle(open[done]!.ms, open[done]!.ticket, charge.settlement);
  };
  const sampleUntil = (ms: number) => {
    for (let next = samples.length * STEP_MS; sampled && next <= ms && next <= END_MS; next += STEP_MS) {
      settleUntil(next);
      const used = ledger.headroom(next).find(({ limit }) => limit === "tpm")?.used ?? 0;
      samples.push({ ms: next, used, reserved: Math.min(used, ledger.inFlight().tokens) });
    }
  };
  const between = 60_000 / perMinute;
  for (let number = 0; number * between < END_MS; number += 1) {
    const ms = Math.round(number * between);
    sampleUntil(ms - 1);
    settleUntil(ms);
    const needs = charge.reservation ?? charge.settlement;
    let admission = ledger.reserve(ms, needs);
    const slack = SLOT_MS * (1 + Math.floor(ms / 60_000));
    if (admission.kind === "wait" && admission.untilMs - ms <= slack) admission = ledger.reserve(admission.untilMs, needs);
    sent += 1;
    if (admission.kind === "admit") open.push({ ms: ms + question.lastsMs, ticket: admission.ticket });
    else {
      throttledMs.push(ms);
      if (!sampled) break;
    }
  }
  sampleUntil(END_MS);
  ledger.free();
  return { samples, sent, throttledMs };
}

/** The largest number up to `most` that holds, where every smaller one does; 0 where none does. */
function largest(most: number, holds: (number: number) => boolean): number {
  let [held, failed] = [0, most + 1];
  while (failed - held > 1) {
    const middle = Math.floor((held + failed) / 2);
    if (holds(middle)) held = middle;
    else failed = middle;
  }
  return held;
}

export function minutes(question: MinuteQuestion): Minutes {
  const charge = chargeOf(question, question.maxTokens);
  const goes = (charge: Charged, perMinute: number) => send(question, charge, perMinute, false).throttledMs.length === 0;
  const shown = send(question, charge, question.perMinute, true);
  const mostPerMinute = largest(MOST_PER_MINUTE, (perMinute) => goes(charge, perMinute));
  const fits = shown.throttledMs.length === 0;
  const maxTokens = fits ? question.maxTokens : largest(question.maxTokens, (maxTokens) => goes(chargeOf(question, maxTokens), question.perMinute));
  return { ...shown, mostPerMinute, largestMaxTokens: maxTokens === 0 ? undefined : maxTokens };
}
