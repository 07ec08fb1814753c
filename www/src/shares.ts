/** The stacked bar: which part of a request takes how much of the quota. Each part leads to its place. */
import type { Part, Report } from "tokenleash";
import { element } from "./element.ts";
import type { Page } from "./page.ts";
import { grouped, short } from "./words.ts";

export type Group = "tools" | "system" | "history" | "prompt" | "frame" | "output";

export const GROUPS: Record<Group, string> = {
  tools: "Tools",
  system: "System",
  history: "History",
  prompt: "Prompt",
  frame: "Frame",
  output: "Answer",
};

/** Which message a pointer leads into, as the pointer of that message. */
export const messageOf = (pointer: string) => /^.*?\/messages\/\d+/.exec(pointer)?.[0];

/** What a part belongs to; the prompt is what stands in the last message of the user. */
export function groupsOf(parts: Part[]): (part: Part) => Group {
  const last = parts.findLast(({ role, kind }) => role === "user" && kind !== "tool-result");
  const prompt = last && (messageOf(last.pointer) ?? last.pointer);
  return ({ pointer, role, kind }) => {
    if (kind === "tool-definition") return "tools";
    if (role === "system" || kind === "output-schema") return "system";
    return (messageOf(pointer) ?? pointer) === prompt ? "prompt" : "history";
  };
}

interface Share {
  group: Group;
  tokens: number;
  /** Where it begins in the request. */
  pointer: string | undefined;
}

function sharesOf({ input, quota }: Report): Share[] {
  const shares = new Map<Group, Share>();
  const groupOf = groupsOf(input.parts);
  for (const part of input.parts) {
    const group = groupOf(part);
    const share = shares.get(group) ?? { group, tokens: 0, pointer: part.pointer };
    share.tokens += part.tokens;
    shares.set(group, share);
  }
  const frame = input.frame + (input.shift ?? 0);
  // What the answer adds to the settlement, as the report has it.
  const output = quota.settlement.worst - (input.tokens - input.cacheRead);
  const order: Group[] = ["tools", "system", "history", "prompt"];
  const parts = order.map((group) => shares.get(group)).filter((share) => share !== undefined);
  return [...parts, { group: "frame" as const, tokens: frame, pointer: undefined }, { group: "output" as const, tokens: output, pointer: undefined }].filter(({ tokens }) => tokens > 0);
}

/** Builds the bar into an element; gives what shows a report in it. */
export function shares(host: HTMLElement, page: Page): (report: Report) => void {
  const stack = element("div", { class: "stack" });
  const key = element("div", { class: "stack-key" });
  const total = element("b");
  const head = element("div", { class: "shares-head" }, [element("span", {}, ["What finally counts, by part"]), total]);
  let shown = "";

  return (report) => {
    const all = sharesOf(report);
    const print = JSON.stringify(all) + report.quota.burndownRate;
    if (host.firstChild === head && print === shown) return;
    shown = print;
    total.textContent = `up to ${grouped(report.quota.settlement.worst)}`;
    const words = ({ group, tokens }: Share) => {
      const { maxTokens } = report.output;
      const times = group === "output" && maxTokens !== null ? ` (${short(maxTokens)} × ${report.quota.burndownRate})` : "";
      return `${GROUPS[group]} ${grouped(tokens)}${times}`;
    };
    const titles: Partial<Record<Group, string>> = {
      frame: "What the provider adds around your parts",
      output: "max_tokens times the burndown rate: what the longest answer counts",
    };
    const jump = (share: Share) => ({ click: () => void (share.pointer !== undefined && page.reveal(share.pointer)) });
    stack.replaceChildren(
      ...all.map((share) => {
        const made = element("button", { type: "button", class: share.group, title: titles[share.group] ?? words(share), "aria-label": words(share), disabled: share.pointer === undefined, tabindex: -1, "aria-hidden": "true" }, [], jump(share));
        made.style.flexGrow = String(share.tokens);
        return made;
      }),
    );
    key.replaceChildren(
      ...all.map((share) => {
        const [name, ...rest] = words(share).split(" ");
        return element("button", { type: "button", disabled: share.pointer === undefined, title: titles[share.group] ?? `Show ${GROUPS[share.group].toLowerCase()} in the editor` }, [
          element("span", { class: `swatch ${share.group}` }),
          `${name} `,
          element("b", {}, [rest.join(" ")]),
        ], jump(share));
      }),
    );
    if (host.firstChild !== head) host.replaceChildren(head, stack, key);
  };
}
