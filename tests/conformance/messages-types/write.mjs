// Fits random Messages requests with the built package and writes the results as constants of the type that
// Anthropic's SDK takes: the compiler says whether they are.
import { writeFileSync } from "node:fs";
import { fit } from "../../../pkg/node.js";

let state = 7;
/** A number below `most`, the same in every run. */
function below(most) {
  state = (state * 1103515245 + 12345) % 2147483648;
  return Math.floor((state / 2147483648) * most);
}
const one = (all) => all[below(all.length)];
const often = (percent) => below(100) < percent;

const WORDS = "kia ora 世界，你好。 👨‍👩‍👧‍👦 étude the quick brown fox reports what it found - item {\"a\":1}".split(" ");
const text = (most) => Array.from({ length: 3 + below(most) }, () => one(WORDS)).join(" ");
const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const ephemeral = { type: "ephemeral" };
const image = { type: "image", source: { type: "base64", media_type: "image/png", data: PIXEL } };

function request() {
  const messages = [];
  let calls = 0;
  const turns = 1 + below(6);
  for (let turn = 0; turn < turns; turn++) {
    const content = [{ type: "text", text: text(60) }];
    if (often(15)) content.unshift(image);
    if (often(10)) {
      const source = { type: "text", media_type: "text/plain", data: text(40) };
      content.unshift({ type: "document", source, title: "notes", citations: { enabled: false } });
    }
    if (often(15)) content.at(-1).cache_control = ephemeral;
    messages.push({ role: "user", content: content.length === 1 && often(50) ? content[0].text : content });
    for (let round = below(3); 0 < round; round--) {
      const ids = Array.from({ length: 1 + below(3) }, () => `toolu_${calls++}`);
      const said = often(50) ? [{ type: "text", text: text(20) }] : [];
      if (often(20)) said.unshift({ type: "thinking", thinking: text(10), signature: "c2ln" });
      if (often(5)) said.unshift({ type: "redacted_thinking", data: "c2VhbGVk" });
      const uses = ids.map((id) => ({ type: "tool_use", id, name: "read", input: { path: id } }));
      messages.push({ role: "assistant", content: [...said, ...uses] });
      const results = ids.map((id) => {
        const parts = [{ type: "text", text: often(30) ? JSON.stringify({ rows: [text(30), text(30)] }) : text(90) }];
        if (often(10)) parts.push(image);
        return { type: "tool_result", tool_use_id: id, content: often(50) ? parts[0].text : parts, is_error: often(10) };
      });
      messages.push({ role: "user", content: results });
    }
    if (turn < turns - 1) messages.push({ role: "assistant", content: often(50) ? text(60) : [{ type: "text", text: text(60) }] });
  }
  const body = { model: "claude-sonnet-4-6", max_tokens: 1 + below(4000), messages };
  if (often(70)) body.system = often(50) ? text(30) : [{ type: "text", text: text(30), cache_control: ephemeral }];
  if (calls || often(30)) {
    const input_schema = { type: "object", properties: { path: { type: "string" } } };
    body.tools = ["read", "write", "list"].map((name) => ({ name, description: text(15), input_schema }));
    if (often(20)) body.tool_choice = one([{ type: "auto" }, { type: "any" }, { type: "tool", name: "read" }]);
  }
  if (often(10)) body.metadata = { user_id: "somebody" };
  return body;
}

const results = [];
for (let tried = 0; results.length < 200; tried++) {
  if (tried === 10_000) throw new Error(`only ${results.length} of ${tried} requests were changed and fit`);
  const given = request();
  const whole = fit(given, { targetInput: 1e9 }).before.high;
  const policy = one(["oldest-first", "tool-results-first", "middle-out"]);
  const dropUnusedTools = often(50);
  const fitted = fit(given, { targetInput: Math.floor((whole * (10 + below(80))) / 100), policy, dropUnusedTools });
  if (fitted.fits && fitted.changed) results.push(fitted.request);
}
const constant = (value, index) => `export const request${index}: MessageCreateParamsNonStreaming = ${JSON.stringify(value, null, 1)};\n`;
const wrong = { ...results[0], messages: [{ role: "user", content: [{ type: "text" }] }] };
writeFileSync(
  new URL("cases.ts", import.meta.url),
  `import type { MessageCreateParamsNonStreaming } from "@anthropic-ai/sdk/resources/messages";\n${results
    .map(constant)
    .join("")}// The types do refuse what is wrong.\nexport const wrong: MessageCreateParamsNonStreaming = {\n...request0,\n// @ts-expect-error a text block without text\nmessages: ${JSON.stringify(wrong.messages)} };\n`,
);
console.log(`${results.length} fitted requests are of the SDK's type, if the compiler says nothing`);
