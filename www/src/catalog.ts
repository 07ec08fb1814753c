/** Regions and profiles by name, from the core's own catalog; the core checks what goes with what. */
import profiles from "../../src/catalog/profiles.json";
import regions from "../../src/catalog/regions.json";
import residencies from "../../src/catalog/residencies.json";
import { element } from "./element.ts";

export const REGIONS = Object.entries(regions).map(([id, { city, country }]) => ({ id, name: city, country }));
export const PROFILES = profiles.map(({ prefix, name }) => ({ id: prefix, name }));

export const RESIDENCIES = Object.entries(residencies).map(([id, { name }]) => ({ id, name }));

/** The name of a Region's city, or its id. */
export const cityOf = (id: string) => REGIONS.find((region) => region.id === id)?.name ?? id;

/** The Regions that this project's people call from stand first. */
const FIRST = ["ap-southeast-6", "ap-southeast-2", "ap-southeast-4"];

/** Fills the choices of Regions, profiles and residencies inside an element. */
export function fillChoices(within: ParentNode): void {
  for (const select of within.querySelectorAll("[data-regions]")) {
    const near = FIRST.map((id) => REGIONS.find((region) => region.id === id)).filter((region) => region !== undefined);
    const rest = REGIONS.filter(({ id }) => !FIRST.includes(id));
    const option = ({ id, name }: { id: string; name: string }) => element("option", { value: id }, [`${name} (${id})`]);
    select.append(
      element("optgroup", { label: "Australia and New Zealand" }, near.map(option)),
      element("optgroup", { label: "Elsewhere" }, rest.map(option)),
    );
  }
  for (const select of within.querySelectorAll("[data-profiles]")) {
    select.append(...PROFILES.map(({ id, name }) => element("option", { value: id }, [`${id} (${name})`])));
  }
  for (const select of within.querySelectorAll("[data-residencies]")) {
    select.append(...RESIDENCIES.map(({ id, name }) => element("option", { value: id }, [`${id} (${name})`])));
  }
}
