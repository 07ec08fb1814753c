/** The only addresses that may become code, for the page's Trusted Types policy. */
import workerUrl from "./worker.ts?worker&url";

interface Policy {
  createScriptURL(url: string): string;
}
interface Factory {
  createPolicy(name: string, rules: Policy): Policy;
}

const serviceWorkerUrl = new URL("sw.js", document.baseURI).href;
const known = [new URL(workerUrl, document.baseURI).href, serviceWorkerUrl];

const rules: Policy = {
  createScriptURL(url) {
    if (known.includes(url)) return url;
    throw new TypeError(`${url} is no code of this page`);
  },
};

const factory = (window as { trustedTypes?: Factory }).trustedTypes;
const policy = factory?.createPolicy("tokenleash", rules) ?? rules;

/** The script in which the core runs. */
export const coreScript = () => policy.createScriptURL(known[0]!);
/** The script that keeps the page for when there is no network. */
export const offlineScript = () => policy.createScriptURL(serviceWorkerUrl);
