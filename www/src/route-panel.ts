/** Where the prompt may be processed, whether it may leave, and the policies that keep it so. */
import type { PolicyDocument, PolicyOptions, RouteReport, Way } from "tokenleash";
import residencies from "../../src/catalog/residencies.json";
import { copyText, download } from "./carry.ts";
import { cityOf, fillChoices } from "./catalog.ts";
import { drawn, element } from "./element.ts";
import { bind } from "./fields.ts";
import type { Page } from "./page.ts";
import type { Panel } from "./panels.ts";
import { dollars, grouped, sentence } from "./words.ts";

const POLICIES: { kind: NonNullable<PolicyOptions["kind"]>; name: string; says: string }[] = [
  { kind: "identity", name: "For the role: this model by this profile", says: "Allows the calls of this route and nothing else." },
  { kind: "scp-regions", name: "For the organization: only these Regions", says: "Denies Bedrock in every Region that the route does not need." },
  { kind: "scp-require-profile", name: "For the organization: no direct calls", says: "Denies calls of the model that come by no inference profile." },
  { kind: "scp-deny-global", name: "For the organization: nothing global", says: "Denies every global inference profile." },
];

/** The Regions on the map; all others are elsewhere. */
const MAP = [
  { id: "ap-southeast-2", x: 168, y: 50, side: -1 },
  { id: "ap-southeast-4", x: 128, y: 104, side: -1 },
  { id: "ap-southeast-6", x: 262, y: 78, side: 1 },
];

const QUOTAS: Record<Way["quota"]["family"], string> = {
  "on-demand": "on-demand",
  "cross-region": "cross-Region",
  "global-cross-region": "global cross-Region",
  mantle: "bedrock-mantle",
};

export const routePanel: Panel = {
  id: "route",
  name: "Route",
  build(host, page) {
    const choice = (name: string, marks: Record<string, boolean>, first: string) =>
      element("select", { name, ...marks }, [element("option", { value: "" }, [first])]);
    const rules = choice("residency", {}, "anywhere");
    rules.append(...Object.entries(residencies).map(([id, { name }]) => element("option", { value: id }, [name.replace(/^the /, "")])));
    const form = element("form", { class: "lines", "aria-label": "Route" }, [
      line("Called from", choice("sourceRegion", { "data-regions": true }, "not said")),
      line("Inference profile", choice("profile", { "data-profiles": true }, "as the id says")),
      line("Must stay in", rules),
    ]);
    fillChoices(form);
    bind(form, page.settings);
    const answer = element("div", { id: "route", class: "route" });
    const policies = policyForm(page);
    host.append(form, answer, policies.form);

    let asked = "";
    let answered = "";
    page.settings.onChange(() => (answer.dataset.current = "false"));
    const show = async () => {
      const model = page.answer.report?.model;
      if (model === undefined) return;
      const options = { model: model.id, profile: model.profile ?? undefined, sourceRegion: model.sourceRegion ?? undefined, residency: page.settings.options.residency };
      const question = JSON.stringify(options);
      answer.dataset.current = String(question === answered && page.answer.current);
      if (question === asked) return;
      asked = question;
      answer.dataset.current = "false";
      if (options.sourceRegion === undefined) {
        answer.replaceChildren(element("p", { class: "hint" }, ["Say from which Region it is called, and the ways from there are shown."]));
        policies.show(undefined);
      } else {
        const report = await page.judge.call("route", options);
        if (question !== asked) return;
        answer.replaceChildren(...found(page, report));
        await policies.show({ models: [model.id], profile: options.profile, sourceRegion: options.sourceRegion, residency: options.residency });
      }
      answered = question;
      answer.dataset.current = String(page.answer.current);
    };
    return () => void show().catch((error: Error) => answer.replaceChildren(element("p", { class: "bad", role: "alert" }, [sentence(error.message)])));
  },
};

function line(label: string, field: HTMLElement): HTMLElement {
  return element("label", { class: "line" }, [element("span", {}, [label]), field]);
}

function found(page: Page, report: RouteReport): (HTMLElement | SVGElement)[] {
  const way = report.profileId === undefined ? undefined : (report as RouteReport & Way);
  const verdict = element("p", { id: "route-verdict", class: `big ${report.allowed ? "good" : "bad"}`, "data-allowed": String(report.allowed) }, [headline(report, way)]);
  const reason = report.reason === null ? [] : [element("p", {}, [sentence(report.reason)])];
  const notes = report.notes.map(({ code, message }) => element("li", { "data-code": code }, [sentence(message)]));
  return [
    verdict,
    ...reason,
    ...(way === undefined ? [] : [map(report, way), facts(page, way)]),
    ...(report.alternatives.length === 0 ? [] : [others(page, report, way)]),
    ...(notes.length === 0 ? [] : [element("details", {}, [element("summary", {}, [`${notes.length} things to know, with their sources`]), element("ul", { class: "notes" }, notes)])]),
  ];
}

function headline(report: RouteReport, way: Way | undefined): string {
  const stays = report.residency === null ? "" : ` It ${report.allowed ? "stays" : "may leave"}: ${report.residency.name}.`;
  if (way === undefined) return report.allowed ? "Choose a way." : "There is no such way.";
  if (way.anywhere) return report.allowed ? "May be processed anywhere." : "It may leave.";
  if (way.destinationRegions === null) return `Where it is processed is not known.${report.allowed ? "" : " So it may leave."}`;
  return `Processed in ${list(way.destinationRegions.map(cityOf))}.${stays}`;
}

const list = (words: string[]) => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`);

/** The three Regions around the Tasman Sea, and all others in a strip below. */
function map(report: RouteReport, way: Way): SVGElement {
  const source = way.dataAtRestRegion;
  const destinations = way.destinationRegions ?? [];
  const elsewhere = destinations.filter((id) => MAP.every((place) => place.id !== id));
  const from = MAP.find((place) => place.id === source);
  const away = way.anywhere || elsewhere.length > 0 || way.destinationRegions === null;
  const outside = way.anywhere ? "Elsewhere: any commercial Region" : way.destinationRegions === null ? "Elsewhere: not known" : away ? `Elsewhere: ${elsewhere.map(cityOf).join(", ")}` : "Elsewhere: nowhere";
  const goes = (id: string) => way.anywhere || destinations.includes(id);
  const marks = MAP.map(({ id, x, y, side }) =>
    drawn("g", { class: goes(id) ? "there" : "not-there", "data-region": id, "data-may-run": String(goes(id)) }, [
      id === source && drawn("circle", { cx: x, cy: y, r: 13, class: "source" }),
      id === source && drawn("text", { x: x + 19 * side, y: y + 29, class: "small", "text-anchor": side < 0 ? "end" : "start" }, ["called from here"]),
      drawn("circle", { cx: x, cy: y, r: 7.5 }),
      drawn("text", { x: x + 19 * side, y: y + 1, "text-anchor": side < 0 ? "end" : "start" }, [cityOf(id)]),
      drawn("text", { x: x + 19 * side, y: y + 15, class: "small", "text-anchor": side < 0 ? "end" : "start" }, [id]),
    ]),
  );
  const lines = from === undefined ? [] : [
    ...MAP.filter(({ id }) => id !== source && goes(id)).map(({ x, y }) => drawn("path", { d: `M${from.x} ${from.y}Q${(from.x + x) / 2} ${Math.min(from.y, y) - 22} ${x} ${y}`, class: "goes" })),
    away && drawn("path", { d: `M${from.x} ${from.y}Q${from.x + 8} 122 ${from.x} 143`, class: "goes" }),
  ];
  const says = `Called from ${cityOf(source)}. ${MAP.filter(({ id }) => goes(id)).map(({ id }) => cityOf(id)).join(", ") || "None of Sydney, Melbourne, Auckland"}. ${outside}.`;
  return drawn("svg", { class: "map", viewBox: "0 0 460 176", role: "img", "aria-label": says, "data-allowed": String(report.allowed) }, [
    ...lines.filter((made) => made !== false),
    ...marks,
    drawn("g", { class: away ? "there" : "not-there", "data-region": "elsewhere", "data-may-run": String(away) }, [
      drawn("rect", { x: 8, y: 143, width: 444, height: 26, rx: 8 }),
      drawn("text", { x: 20, y: 160.5 }, [outside]),
    ]),
  ]);
}

function facts(page: Page, way: Way): HTMLElement {
  const { quota, price } = way;
  const more = price?.dearerThanGlobalPerMille;
  const rows: [string, string][] = [
    ["Send as modelId", way.modelId],
    ["Data at rest stays in", `${way.dataAtRestRegion} (${cityOf(way.dataAtRestRegion)})`],
    ["Takes the quota", `${QUOTAS[quota.family]} of ${quota.region}${quota.tpm === null ? "" : `, ${grouped(quota.tpm)} tokens a minute by default`}`],
    ["Costs", price === null ? "not known" : `${dollars(price.input)} in, ${dollars(price.output)} out for a million tokens${more ? `, ${more / 10}% more than global` : ""}`],
  ];
  const copy = element("button", { type: "button", class: "link" }, ["copy"], { click: () => void copyText(page, way.modelId) });
  return element("table", { "aria-label": "The route" }, [
    element("tbody", {}, rows.map(([name, value], index) => element("tr", {}, [element("th", { scope: "row" }, [name]), element("td", {}, index === 0 ? [element("code", {}, [value]), " ", copy] : [value])]))),
  ]);
}

/** The other ways from there; one with a profile is taken with a click. */
function others(page: Page, report: RouteReport, way: Way | undefined): HTMLElement {
  const row = (other: Way) => {
    const where = other.anywhere ? "any commercial Region" : other.destinationRegions === null ? "not known" : other.destinationRegions.map(cityOf).join(", ");
    const leaves = other.residencyHolds === false;
    const take = element("button", { type: "button", class: "link" }, [other.profile === null ? "in the Region" : `by ${other.profile}`], {
      click: () => page.settings.set(other.profile === null ? { profile: undefined, model: other.modelId, endpoint: other.endpoint } : { profile: other.profile }),
    });
    return element("tr", {}, [
      element("th", { scope: "row" }, [take]),
      element("td", {}, [where]),
      element("td", { class: leaves ? "bad" : "good" }, [report.residency === null ? "" : leaves ? "may leave" : "stays"]),
    ]);
  };
  return element("table", {}, [element("caption", {}, [way === undefined ? "Ways from there" : "Also from there"]), element("tbody", {}, report.alternatives.map(row))]);
}

/** The policies of the route, to copy. */
function policyForm(page: Page): { form: HTMLElement; show(route: PolicyOptions | undefined): Promise<void> } {
  const kinds = element("select", { "aria-label": "Which policy" }, POLICIES.map(({ kind, name }) => element("option", { value: kind }, [name])));
  const account = element("input", { placeholder: "123456789012", inputmode: "numeric", maxlength: 12, autocomplete: "off", "aria-label": "Account, twelve digits" });
  const says = element("p", { class: "hint" });
  const code = element("pre", { class: "code", id: "policy-text", tabindex: 0, "aria-label": "Policy" });
  const copy = element("button", { type: "button", class: "button main" }, ["Copy policy"], { click: () => void copyText(page, code.textContent ?? "") });
  const save = element("button", { type: "button", class: "button" }, ["Download"], { click: () => download(`${kinds.value}.json`, code.textContent ?? "") });
  const accountLine = line("Account", account);
  const form = element("section", { class: "lines", "aria-label": "Policies", hidden: true }, [
    element("h2", {}, ["The policy for it"]), element("div", { class: "line wide" }, [kinds]), accountLine, says, code, element("div", { class: "row" }, [copy, save]),
  ]);
  let route: PolicyOptions | undefined;
  const show = async (next: PolicyOptions | undefined) => {
    route = next;
    form.hidden = next === undefined;
    if (next === undefined) return;
    const kind = POLICIES.find(({ kind }) => kind === kinds.value) ?? POLICIES[0]!;
    accountLine.hidden = kind.kind !== "identity";
    const written = account.value.trim();
    const given = kind.kind === "identity" ? { account: written === "" ? "123456789012" : written } : {};
    let document: PolicyDocument | undefined;
    try {
      document = await page.judge.call("policy", { ...next, kind: kind.kind, ...given });
      account.removeAttribute("aria-invalid");
      says.textContent = kind.kind === "identity" && written === "" ? `${kind.says} Written for the account 123456789012 until you give yours.` : kind.says;
    } catch (error) {
      const { message } = error as Error;
      account.setAttribute("aria-invalid", String(/account/.test(message)));
      says.textContent = sentence(message);
    }
    copy.disabled = save.disabled = document === undefined;
    code.hidden = document === undefined;
    code.textContent = document === undefined ? "" : JSON.stringify(document, null, 2);
  };
  kinds.addEventListener("change", () => void show(route));
  account.addEventListener("input", () => void show(route));
  return { form, show };
}
