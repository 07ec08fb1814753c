/**
 * `<token-leash>`: a meter beside a prompt. It watches a field or gets a request, and shows what the request
 * will take from the quota, whether it fits, and what would help. Importing this file defines the element;
 * where there is no DOM, as on a server, it does nothing.
 */
import { drawn, type Drawn } from "./element-view.js";
import { check, init, loadFull, type CheckOptions, type Judgement, type Report } from "./index.js";

/** `warn` shows that a request does not fit; `block` also keeps its form from being sent. */
export type TokenLeashMode = "warn" | "block";

export interface TokenLeashEventMap {
  /** There is another report. */
  "budget-change": CustomEvent<Report>;
  /** The request does not fit any more; `preventDefault()` lets the form be sent all the same. */
  "budget-exceeded": CustomEvent<Report>;
}

const TEXTS = { model: "model", profile: "profile", "source-region": "sourceRegion" } as const;
const NUMBERS = { "max-tokens": "maxTokens", "expected-output": "expectedOutput" } as const;
const LIMITS = { tpm: "tpm", "used-tpm": "usedTpm" } as const;

/** A check that takes longer than this is not made at every key. */
const FRAME_MILLISECONDS = 16;
/** What is announced waits until nobody types. */
const QUIET_MILLISECONDS = 1000;
/** From this share of a limit on, the meter warns. */
const NEAR = 0.8;

const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/** The element; its documentation is in custom-elements.json. */
export class TokenLeashElement extends Base {
  static readonly formAssociated = true;
  static readonly observedAttributes = [
    "for", "value", "full", "dialect", "mode", ...Object.keys(TEXTS), ...Object.keys(NUMBERS), ...Object.keys(LIMITS),
  ];

  readonly #internals: ElementInternals | undefined;
  readonly #view: Drawn | undefined;
  #value = "";
  #request: string | object | null = null;
  #options: CheckOptions = {};
  #catalog: string | object | null = null;
  #report: Report | null = null;
  #error: Error | null = null;
  #level: "" | "fits" | "near" | "over" = "";
  #allowed = false;
  #due: ReturnType<typeof setTimeout> | number | undefined;
  #saying: ReturnType<typeof setTimeout> | undefined;
  #took = 0;
  #root: Node | undefined;

  constructor() {
    super();
    // Nothing of a DOM is there on a server.
    if (typeof this.attachInternals !== "function") return;
    this.#internals = this.attachInternals();
    this.#view = drawn(this.attachShadow({ mode: "open", delegatesFocus: true }));
  }

  connectedCallback(): void {
    // What was set before the element was defined hides the accessors.
    for (const name of ["value", "request", "options", "catalog"] as const) {
      if (!Object.hasOwn(this, name)) continue;
      const early = this[name];
      delete (this as Partial<this>)[name];
      Object.assign(this, { [name]: early });
    }
    this.#root = this.getRootNode();
    for (const type of ["input", "change", "reset"]) this.#root.addEventListener(type, this.#heard);
    this.#load();
  }

  disconnectedCallback(): void {
    for (const type of ["input", "change", "reset"]) this.#root?.removeEventListener(type, this.#heard);
    clearTimeout(this.#saying);
  }

  attributeChangedCallback(name: string, _old: string | null, now: string | null): void {
    if (name === "value") this.#value = now ?? "";
    if (name === "full" && this.isConnected) this.#load();
    this.#allowed = false;
    this.update(false);
  }

  formResetCallback(): void {
    this.update(false);
  }

  /** The text to check where no field is watched. */
  get value(): string {
    return this.#value;
  }
  set value(text: string) {
    this.#value = String(text ?? "");
    this.update(false);
  }

  /** A whole request in any dialect; it goes before `for` and `value`. */
  get request(): string | object | null {
    return this.#request;
  }
  set request(request: string | object | null) {
    this.#request = request;
    this.update(false);
  }

  /** Settings that have no attribute; an attribute goes before its setting. */
  get options(): CheckOptions {
    return this.#options;
  }
  set options(options: CheckOptions) {
    this.#options = options ?? {};
    this.update(false);
  }

  /** A catalog to lay over the built-in one. */
  get catalog(): string | object | null {
    return this.#catalog;
  }
  set catalog(catalog: string | object | null) {
    this.#catalog = catalog;
    this.update(false);
  }

  /** The last report; `null` where there is nothing to check or it cannot be read. */
  get report(): Report | null {
    return this.#report;
  }

  /** Why there is no report. */
  get error(): Error | null {
    return this.#error;
  }

  get mode(): TokenLeashMode {
    return this.getAttribute("mode") === "block" ? "block" : "warn";
  }
  set mode(mode: TokenLeashMode) {
    this.setAttribute("mode", mode);
  }

  get form(): HTMLFormElement | null {
    return this.#internals?.form ?? null;
  }
  get validity(): ValidityState | undefined {
    return this.#internals?.validity;
  }
  get validationMessage(): string {
    return this.#internals?.validationMessage ?? "";
  }
  checkValidity(): boolean {
    return this.#internals?.checkValidity() ?? true;
  }
  reportValidity(): boolean {
    return this.#internals?.reportValidity() ?? true;
  }

  /** Checks again: at once, or with the next frame. Needed only where a script changes a watched field. */
  update(now = true): void {
    if (!this.isConnected || !this.#view) return;
    if (now) return this.#check();
    if (this.#due !== undefined) return;
    const run = () => this.#check();
    this.#due = this.#took > FRAME_MILLISECONDS ? setTimeout(run, 4 * this.#took) : requestAnimationFrame(run);
  }

  readonly #heard = ({ type, target }: Event): void => {
    const field = this.#field();
    if (!field || (target !== field && !(type === "reset" && (field as HTMLInputElement).form === target))) return;
    this.update(false);
  };

  #field(): HTMLElement | null {
    const id = this.getAttribute("for");
    return id === null ? null : ((this.getRootNode() as Document).getElementById?.(id) ?? null);
  }

  #load(): void {
    (this.hasAttribute("full") ? loadFull() : init()).then(
      () => this.update(),
      (error: Error) => this.#fail(error),
    );
  }

  #settings(): CheckOptions {
    const settings: CheckOptions = { ...this.#options };
    const limits = { ...settings.limits };
    for (const [name, key] of Object.entries(TEXTS)) settings[key] = this.getAttribute(name) ?? settings[key];
    for (const [name, key] of Object.entries(NUMBERS)) settings[key] = this.#number(name) ?? settings[key];
    for (const [name, key] of Object.entries(LIMITS)) limits[key] = this.#number(name) ?? limits[key];
    const dialect = this.getAttribute("dialect") ?? settings.dialect ?? (this.#request === null ? "text" : "auto");
    if (dialect === "auto") delete settings.dialect;
    else settings.dialect = dialect as CheckOptions["dialect"] & string;
    // A setting that is not given is no setting.
    return JSON.parse(JSON.stringify({ ...settings, limits })) as CheckOptions;
  }

  #number(name: string): number | undefined {
    const written = this.getAttribute(name);
    return written === null || written.trim() === "" ? undefined : Number(written);
  }

  #check(): void {
    cancelAnimationFrame(this.#due as number);
    clearTimeout(this.#due);
    this.#due = undefined;
    const began = performance.now();
    const field = this.#field() as HTMLTextAreaElement | null;
    const request = this.#request ?? field?.value ?? this.#value;
    let report: Report | null = null;
    try {
      if (request !== "") report = check(request, this.#settings(), this.#catalog ?? undefined);
      this.#error = null;
    } catch (error) {
      // Until the core is there, there is nothing to say.
      if ((error as { code?: string }).code === "not-ready") return;
      return this.#fail(error as Error);
    }
    this.#took = performance.now() - began;
    this.#show(report);
  }

  #fail(error: Error): void {
    this.#error = error;
    this.#report = null;
    this.#level = "";
    this.#internals?.setValidity({});
    this.#view?.fault(error.message);
  }

  #show(report: Report | null): void {
    const changed = JSON.stringify(report) !== JSON.stringify(this.#report);
    this.#report = report;
    const broken = report?.limits.find((limit) => !limit.fits);
    const gauged = report && limitOf(report);
    const share = gauged?.of ? (gauged.used + (gauged.needs ?? 0)) / gauged.of : 0;
    const level = !report ? "" : broken ? "over" : share >= NEAR ? "near" : "fits";
    const before = this.#level;
    this.#level = level;
    const message = this.#view?.show(report, gauged ?? undefined, broken, level) ?? "";
    if (changed && report) this.#tell("budget-change", report, false);
    if (level !== "over") this.#allowed = false;
    else if (before !== "over" && report) this.#allowed = !this.#tell("budget-exceeded", report, true);
    const blocks = level === "over" && this.mode === "block" && !this.#allowed;
    if (blocks) this.#internals?.setValidity({ customError: true }, message, this.#view?.anchor);
    else this.#internals?.setValidity({});
    if (before === level || before === "") return;
    clearTimeout(this.#saying);
    this.#saying = setTimeout(() => this.#view?.say(message), QUIET_MILLISECONDS);
  }

  #tell(type: keyof TokenLeashEventMap, detail: Report, cancelable: boolean): boolean {
    return this.dispatchEvent(new CustomEvent(type, { detail, cancelable, bubbles: true, composed: true }));
  }
}

/** The limit that the meter shows: the quota, else what the model takes in. */
function limitOf({ limits }: Report): Judgement | undefined {
  const of = (name: string) => limits.find((limit) => limit.limit === name && limit.of);
  return of("tpm") ?? of("input-tpm") ?? of("context-window");
}

if (globalThis.customElements && !customElements.get("token-leash")) customElements.define("token-leash", TokenLeashElement);

declare global {
  interface HTMLElementTagNameMap {
    "token-leash": TokenLeashElement;
  }
  interface HTMLElementEventMap extends TokenLeashEventMap {}
}
