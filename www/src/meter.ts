/** The quota meter: what is used, what this request reserves and finally counts, and the limit. */
import type { Report } from "tokenleash";
import { element } from "./element.ts";
import { grouped, LIMITS } from "./words.ts";

/** What the meter shows of a report. */
export interface Metered {
  quota: Pick<Report["quota"], "reservation" | "charge"> & { settlement: { worst: number } };
  limits: Report["limits"];
}

/** Builds the meter into an element; gives what shows a report in it. */
export function meter(host: HTMLElement): (report: Metered) => void {
  const [name, share] = [element("span"), element("b")];
  const used = element("span", { class: "used" });
  const [settles, reserves] = [element("span", { class: "settles" }), element("span", { class: "reserves" })];
  const [atSettlement, atReservation, atLimit] = ["at-settlement", "at-reservation", "at-limit"].map((mark) => element("span", { class: `mark ${mark}` }));
  const track = element("div", { class: "track", role: "meter", "aria-valuemin": 0 }, [used, settles, reserves, atSettlement, atReservation, atLimit]);
  const [reserved, settled, left] = [element("b"), element("b"), element("span")];
  const key = element("div", { class: "meter-key" }, [
    element("span", {}, [element("span", { class: "swatch reservation" }), "reserves ", reserved]),
    element("span", {}, [element("span", { class: "swatch settlement" }), "finally counts up to ", settled]),
    left,
  ]);
  const parts = [element("div", { class: "meter-head" }, [name, share]), track, key];

  return ({ quota, limits }) => {
    if (host.firstChild !== parts[0]) host.replaceChildren(...parts);
    const tpm = limits.find(({ limit }) => limit === "tpm" || limit === "input-tpm");
    const [taken, of] = [tpm?.used ?? 0, tpm?.of ?? null];
    const most = taken + Math.max(quota.reservation, quota.settlement.worst);
    const full = Math.max(1, of ?? 0, most);
    const at = (number: number) => `${(100 * number) / full}%`;
    name.textContent = of === null ? "No quota a minute is known" : `${LIMITS[tpm?.limit ?? "tpm"]}: ${grouped(of)}`;
    share.textContent = of === null ? "" : percent(taken + quota.charge, of);
    used.style.width = at(taken);
    for (const [bar, mark, end] of [
      [settles, atSettlement!, quota.settlement.worst],
      [reserves, atReservation!, quota.reservation],
    ] as const) {
      bar.style.left = at(taken);
      bar.style.width = at(end);
      mark.style.left = at(taken + end);
    }
    atLimit!.hidden = of === null || most <= of;
    atLimit!.style.left = at(of ?? 0);
    reserved.textContent = grouped(quota.reservation);
    settled.textContent = grouped(quota.settlement.worst);
    left.textContent = taken > 0 ? `${grouped(taken)} used before` : "";
    left.hidden = taken === 0;
    track.setAttribute("aria-valuemax", String(of ?? full));
    track.setAttribute("aria-valuenow", String(Math.min(taken + quota.charge, of ?? full)));
    track.setAttribute("aria-label", "Quota of a minute");
    track.setAttribute(
      "aria-valuetext",
      `Reserves ${grouped(quota.reservation)}, finally counts up to ${grouped(quota.settlement.worst)}${of === null ? "" : `, of ${grouped(of)} tokens per minute, ${grouped(taken)} used before`}`,
    );
  };
}

/** A share in words that never round something to nothing or too much to just enough. */
export function percent(part: number, whole: number): string {
  const share = (100 * part) / Math.max(1, whole);
  if (part > 0 && share < 0.1) return "under 0.1%";
  if (part > whole) return `${Math.max(101, Math.round(share)).toLocaleString("en")}%`;
  if (part < whole && share > 99.9) return "99.9%";
  return `${share < 10 ? Math.round(10 * share) / 10 : Math.round(share)}%`;
}
