/** The part of the answer that is always in sight: verdict, figures, quota, parts, advice. */
import type { Advice, Judgement, Report } from "tokenleash";
import { adviceButton } from "./advice.ts";
import { byId, element, say, type Child } from "./element.ts";
import { showLesson } from "./lesson.ts";
import { meter } from "./meter.ts";
import type { Answer, Page } from "./page.ts";
import type { Fault } from "./protocol.ts";
import { shares } from "./shares.ts";
import { dollars, grouped, LIMITS, short, sentence, sureness, tokens } from "./words.ts";

/** Most advice that is shown beside the verdict; the panel of details has all of it. */
const SHOWN_ADVICE = 2;

/** A figure that is this many milliseconds late says that it is being made anew. */
const LATE = 250;

export function answerView(page: Page): void {
  const top = byId("top");
  const [showMeter, showShares] = [meter(byId("meter")), shares(byId("shares"), page)];
  let said = "";
  let shown: Report | undefined;
  let lesson = false;
  let late: ReturnType<typeof setTimeout> | undefined;
  page.onAnswer((answer) => {
    top.dataset.current = String(answer.current);
    if (answer.current) {
      clearTimeout(late);
      late = undefined;
      top.classList.remove("updating");
    } else {
      late ??= setTimeout(() => {
        top.classList.add("updating");
        if (page.answer.report) figures(page.answer.report, page.answer, true);
      }, LATE);
    }
    if (answer.empty && answer.report === undefined && answer.fault?.code !== "no-core") {
      if (!lesson) void showLesson(page, showMeter);
      lesson = true;
      shown = undefined;
      return;
    }
    lesson = false;
    const { report, fault } = answer;
    if (report) {
      figures(report, answer, top.classList.contains("updating"));
      if (report === shown) return;
      shown = report;
      showVerdict(...verdict(report));
      showMeter(report);
      showShares(report);
      showAdvice(report, page);
    } else if (fault) {
      showVerdict("fault", "Cannot be counted yet", faultWords(fault, page));
      shown = undefined;
      blank();
    }
    const words = byId("headline").textContent ?? "";
    if (answer.current && words !== said) {
      said = words;
      announce(words);
    }
  });
}

let announcing: ReturnType<typeof setTimeout> | undefined;
/** Tells screen readers a new verdict, once it has stood for a second. */
function announce(words: string): void {
  clearTimeout(announcing);
  announcing = setTimeout(() => say(byId("announce"), words), 1000);
}

export function showVerdict(state: string, headline: string, reason: Child[]): void {
  byId("verdict").dataset.state = state;
  say(byId("headline"), headline);
  const words = element("p", {}, reason);
  if (byId("reason").textContent !== words.textContent || words.childElementCount > 0) byId("reason").replaceChildren(...words.childNodes);
}

/** The tightest limit that holds, by share. */
const tightest = (limits: Judgement[]) =>
  limits
    .filter((judgement) => judgement.of !== null && judgement.needs !== null && judgement.limit !== "output-limit")
    .sort((one, other) => share(other) - share(one))[0];
const share = ({ of, used, needs }: Judgement) => (used + (needs ?? 0)) / Math.max(1, of ?? 1);

function verdict(report: Report): [string, string, Child[]] {
  const { model, limits, fits } = report;
  const way = [model.name, model.profile && `by ${model.profile}`, model.sourceRegion && `from ${model.sourceRegion}`].filter(Boolean).join(" ");
  if (fits) {
    const tight = tightest(limits);
    const left = tight?.headroom;
    const words = tight === undefined || left === undefined ? "" : ` Leaves ${amount(tight, left).replace(/ tokens?$/, "")} of ${OVER[tight.limit]}.`;
    return ["good", "Fits", [`${way}.${words}`]];
  }
  const over = limits.filter((judgement) => !judgement.fits);
  const worst = over[0]!;
  if (worst.limit === "residency") return ["bad", "Does not fit: it may be processed elsewhere", [`${way}.`]];
  if (worst.limit === "profile") return ["bad", "Does not fit: not offered from this Region", [`${way}.`]];
  const headline = `Does not fit: ${amount(worst, worst.shortBy ?? 0).replace(/ tokens?$/, "")} over ${OVER[worst.limit]}`;
  const also = over.length > 1 ? ` Also over: ${over.slice(1).map(({ limit }) => LIMITS[limit].toLowerCase()).join(", ")}.` : "";
  const throttled = worst.limit === "tpm" || worst.limit === "rpm" ? " It would be throttled." : "";
  return ["bad", headline, [`${way}.${throttled}${also}`]];
}

const OVER: Record<Judgement["limit"], string> = {
  "context-window": "the context window",
  "output-limit": "the longest answer",
  input: "the input you asked for",
  tpm: "a minute's quota",
  rpm: "a minute's requests",
  tpd: "a day's quota",
  "input-tpm": "a minute's input",
  "output-tpm": "a minute's output",
  cost: "the budget",
  profile: "what is offered",
  residency: "where it may be processed",
};

const amount = ({ limit }: Judgement, number: number) =>
  limit === "cost" ? dollars(number) : limit === "rpm" ? `${grouped(number)} requests` : tokens(number);

function figures(report: Report, { tokens: now, loading }: Answer, late: boolean): void {
  const { input, quota, output, cost, limits } = report;
  const [range, why] = sureness(input);
  figure("input", `${late ? "≈ " : ""}${grouped(now ?? input.tokens)}`, loading ? "loading its vocabulary…" : late ? "updating…" : range, why);
  const tpm = limits.find(({ limit }) => limit === "tpm" || limit === "input-tpm");
  const of = tpm?.of == null ? "to plan with" : `of ${short(tpm.of)} / min`;
  figure("charge", grouped(quota.charge), of, "The larger of what is reserved and what may finally count.");
  const money = cost === null ? "–" : dollars(cost.totalWorstMicroUsd);
  const most = output.maxTokens === null ? "for the input alone" : "at most";
  figure("cost", money, cost === null ? "price not known" : most, cost === null ? "" : `Input ${dollars(cost.inputMicroUsd)}, answer up to ${dollars(cost.outputWorstMicroUsd)}.`);
}

/** One figure with what stands under it. */
export function figure(name: "input" | "charge" | "cost", value: string, small: string, title = ""): void {
  say(byId(name), value);
  say(byId(`${name}-small`), small);
  byId(`${name}-small`).title = title;
}

function blank(): void {
  figure("input", "–", "none counted");
  figure("charge", "–", "to plan with");
  figure("cost", "–", "at most");
  for (const id of ["meter", "shares", "advice"]) byId(id).replaceChildren();
}

/** Advice that is the same is left alone, so that a button keeps its focus. */
let advised = "";
function showAdvice({ advice }: Report, page: Page): void {
  const print = JSON.stringify(advice);
  if (print === advised && byId("advice").childElementCount > 0) return;
  advised = print;
  byId("advice").replaceChildren(...advice.slice(0, SHOWN_ADVICE).map((advice) => adviceItem(advice, page)));
}

/** An error in plain words, with the way to its place. */
function faultWords(fault: Fault, page: Page): Child[] {
  const { line, column, pointer } = fault;
  const message = sentence(fault.message);
  const go = (words: string, to: () => void) => [" ", element("button", { type: "button" }, [words], { click: to })];
  if (line !== undefined && column !== undefined) {
    const at = page.editor.offsetAt(line, column);
    return [message, ...go("Show the place", () => {
      page.onReveal();
      page.editor.reveal(at, at + 1);
    })];
  }
  if (pointer) return [message, ...go("Show the place", () => void page.reveal(pointer))];
  return [message];
}

export function adviceItem(advice: Advice, page: Page): HTMLElement {
  const message = sentence(advice.message);
  return element("div", { class: "advice-item", "data-code": advice.code }, [element("p", {}, [message]), adviceButton(advice, page)]);
}
