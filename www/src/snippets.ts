/** The request as code: the call itself in Python and for the AWS CLI, the check in JavaScript and Rust. */
import type { CheckOptions, Report } from "tokenleash";

export interface Sent {
  /** The text of the editor, with the chosen max_tokens in it where it has a place for that. */
  text: string;
  options: CheckOptions;
  report: Report;
}

/** A longer request is read from a file. */
const LONGEST_INLINE = 6000;

type Json = Record<string, unknown>;

/** The name by which Bedrock knows the model on the chosen way. */
export const modelIdOf = ({ model }: Report) => (model.profile === null ? model.id : `${model.profile}.${model.id}`);

/** What is called, and with what. */
interface Call {
  operation: "converse" | "invoke_model";
  request: Json;
}

function callOf({ text, report, options }: Sent): Call {
  if (report.dialect === "text") {
    const max = options.maxTokens === undefined ? {} : { inferenceConfig: { maxTokens: options.maxTokens } };
    return { operation: "converse", request: { messages: [{ role: "user", content: [{ text }] }], ...max } };
  }
  const request = unwrapped(JSON.parse(text) as Json);
  if (report.dialect === "converse" && !("schemaVersion" in request)) {
    const { modelId: _, ...rest } = request;
    return { operation: "converse", request: rest };
  }
  const { model: _, modelId: __, ...body } = request;
  const version = report.dialect === "messages" ? { anthropic_version: "bedrock-2023-05-31" } : {};
  return { operation: "invoke_model", request: { ...version, ...body } };
}

/** The request inside a body that is a string, or the input of CountTokens. */
function unwrapped(json: Json): Json {
  const input = json.input as Json | undefined;
  if (typeof input === "object" && input !== null && "converse" in input) return input.converse as Json;
  const invoke = typeof input === "object" && input !== null ? (input.invokeModel as Json | undefined) : undefined;
  const body = invoke?.body ?? json.body;
  if (typeof body === "object" && body !== null) return body as Json;
  if (typeof body !== "string") return json;
  const plain = body.trimStart().startsWith("{") ? body : new TextDecoder().decode(Uint8Array.from(atob(body), (character) => character.charCodeAt(0)));
  return JSON.parse(plain) as Json;
}

export function python(sent: Sent): string {
  const { operation, request } = callOf(sent);
  const { sourceRegion } = sent.report.model;
  const region = sourceRegion === null ? "" : `, region_name=${pythonOf(sourceRegion)}`;
  const long = JSON.stringify(request).length > LONGEST_INLINE;
  const literal = long ? `json.loads(pathlib.Path("request.json").read_text(encoding="utf-8"))` : pythonOf(request);
  const holdsBytes = operation === "converse" && JSON.stringify(request).includes('"bytes":');
  const lines = [
    ...(holdsBytes ? ["import base64"] : []),
    ...(long || operation === "invoke_model" ? ["import json"] : []),
    ...(long ? ["import pathlib"] : []),
    "",
    "import boto3",
    "",
    `client = boto3.client("bedrock-runtime"${region})`,
    `request = ${literal}`,
  ];
  if (holdsBytes) {
    lines.push(
      "",
      "",
      "def with_bytes(value):",
      `    """The request with its media as bytes, which JSON cannot hold."""`,
      "    if isinstance(value, dict):",
      `        return {key: base64.b64decode(item) if key == "bytes" else with_bytes(item) for key, item in value.items()}`,
      "    return [with_bytes(item) for item in value] if isinstance(value, list) else value",
      "",
      "",
    );
  }
  const id = pythonOf(modelIdOf(sent.report));
  if (operation === "converse") {
    lines.push(`response = client.converse(modelId=${id}, **${holdsBytes ? "with_bytes(request)" : "request"})`, `print(response["usage"])`);
  } else {
    lines.push(`response = client.invoke_model(modelId=${id}, body=json.dumps(request))`, `print(json.loads(response["body"].read())["usage"])`);
  }
  return `${lines.join("\n").trimStart()}\n`;
}

/** A JSON value as Python writes it. */
function pythonOf(value: unknown, indent = ""): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  const inner = `${indent}    `;
  const items = Array.isArray(value)
    ? value.map((item) => `${inner}${pythonOf(item, inner)}`)
    : Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${pythonOf(item, inner)}`);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return items.length === 0 ? open + close : `${open}\n${items.join(",\n")},\n${indent}${close}`;
}

export function awsCli(sent: Sent): string {
  const { operation, request } = callOf(sent);
  const { sourceRegion } = sent.report.model;
  const region = sourceRegion === null ? "" : ` \\\n  --region ${sourceRegion}`;
  const head = `cat > request.json <<'JSON'\n${JSON.stringify(request, null, 2)}\nJSON\n`;
  const id = ` \\\n  --model-id ${modelIdOf(sent.report)}`;
  return operation === "converse"
    ? `${head}aws bedrock-runtime converse${region}${id} \\\n  --cli-input-json file://request.json\n`
    : `${head}aws bedrock-runtime invoke-model${region}${id} \\\n  --body fileb://request.json response.json\n`;
}

export function javascript({ text, options, report }: Sent): string {
  const long = text.length > LONGEST_INLINE;
  const lines = [`import { check, init } from "tokenleash";`];
  if (long) lines.push(`import { readFile } from "node:fs/promises";`);
  lines.push(
    "",
    "await init();",
    `const request = ${long ? `await readFile("request.json", "utf8")` : verbatim(text)};`,
    `const report = check(request, ${JSON.stringify(chosen(options, report), null, 2)});`,
    "report.fits;",
    "report.quota.charge;",
  );
  return `${lines.join("\n")}\n`;
}

/** A text as JavaScript, byte for byte: read as an object, 84.10 would become 84.1 and another count. */
const verbatim = (text: string) => (/[`\r]|\$\{|\\$/.test(text) ? JSON.stringify(text) : `String.raw\`${text}\``);

/** The settings, with the model where the request does not say it. */
const chosen = (options: CheckOptions, report: Report): CheckOptions =>
  options.model === undefined && report.dialect === "text" ? { model: report.model.id, ...options } : options;

export function rust({ text, options, report }: Sent): string {
  const long = text.length > LONGEST_INLINE;
  const settings = rustOptions(chosen(options, report));
  const limits = options.limits ?? {};
  const names = ["Catalog", settings.length > 0 && "Options", Object.keys(limits).length > 0 && "Limits", "Request", "check"];
  const more = [
    options.endpoint && "Endpoint", options.rates && "RatesPolicy", options.cache && "CacheState", options.dialect && "Dialect",
    options.observed && "Observed", options.correction && "Correction",
  ];
  const uses = [...names, ...more].filter((name) => typeof name === "string").sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
  const source = long ? `&std::fs::read_to_string("request.json")?` : rawString(text);
  const made = settings.length === 0 ? "Options::default()" : `Options {\n${settings.map((line) => `        ${line},\n`).join("")}        ..Options::default()\n    }`;
  if (settings.length === 0) uses.splice(uses.indexOf("Request"), 0, "Options");
  return `use tokenleash::{${uses.join(", ")}};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = ${source};
    let options = ${made};
    let report = check(&Request::read(text, None)?, &options, Catalog::builtin())?;
    println!("fits: {}, charge: {}", report.fits, report.quota.charge);
    Ok(())
}
`;
}

/** A number as Rust writes it. */
const grouped = (number: number) => number.toLocaleString("en").replaceAll(",", "_");

/** Types before functions. */
const rank = (name: string) => (/^[A-Z]/.test(name) ? 0 : 1);

function rustOptions(options: CheckOptions): string[] {
  const words = (name: string) => name.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const { limits = {}, observed, correction } = options;
  const lines: string[] = [];
  for (const name of ["model", "profile", "sourceRegion", "residency"] as const) {
    if (options[name] !== undefined) lines.push(`${snake(name)}: Some(${JSON.stringify(options[name])}.to_owned())`);
  }
  if (options.dialect) lines.push(`dialect: Some(Dialect::${words(options.dialect)})`);
  for (const name of ["maxTokens", "expectedOutput"] as const) {
    if (options[name] !== undefined) lines.push(`${snake(name)}: Some(${grouped(options[name])})`);
  }
  if (options.endpoint) lines.push(`endpoint: Endpoint::${words(options.endpoint)}`);
  if (options.rates) lines.push(`rates: RatesPolicy::${words(options.rates)}`);
  if (options.reserveCacheReads !== undefined) lines.push(`reserve_cache_reads: ${options.reserveCacheReads}`);
  if (options.cache) lines.push(`cache: CacheState::${words(options.cache)}`);
  if (options.allowUnknown !== undefined) lines.push(`allow_unknown: ${options.allowUnknown}`);
  if (observed) lines.push(`observed: Some(Observed::read(${rawString(JSON.stringify(observed))})?)`);
  if (correction) {
    const { model, tools, expected, observed: seen } = correction;
    lines.push(`correction: Some(Correction { model: ${JSON.stringify(model)}.to_owned(), tools: ${JSON.stringify(tools)}.to_owned(), expected: ${grouped(expected)}, observed: ${grouped(seen)} })`);
  }
  const set = Object.entries(limits).map(([name, value]) => `${snake(name)}: ${name.startsWith("used") ? grouped(value) : `Some(${grouped(value)})`}`);
  if (set.length > 0) lines.push(`limits: Limits { ${[...set, "..Limits::default()"].join(", ")} }`);
  return lines;
}

/** A raw string with as many marks as its text needs. */
function rawString(text: string): string {
  let marks = "";
  while (text.includes(`"${marks}`)) marks += "#";
  return `r${marks}"${text}"${marks}`;
}
