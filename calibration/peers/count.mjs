// Counts requests the way users of these libraries do: one JSON line in, one out.
// In: {"text", "messages", "tools", "model"}; the last three as the AI SDK has them. Out: {way: tokens}.
import { createInterface } from "node:readline";
import { getTokenizer } from "@anthropic-ai/tokenizer";
import { Tokenizer, models } from "ai-tokenizer";
import { count } from "ai-tokenizer/sdk";
import * as encodings from "ai-tokenizer/encoding";
import { countTokens as cl100k } from "gpt-tokenizer/encoding/cl100k_base";
import { countTokens as o200k } from "gpt-tokenizer/encoding/o200k_base";

const plain = { allowedSpecial: new Set(), disallowedSpecial: new Set() };
const anthropic = getTokenizer();
const tokenizers = new Map(Object.entries(encodings).map(([name, data]) => [name, new Tokenizer(data)]));

for await (const line of createInterface({ input: process.stdin })) {
  const { text, messages, tools, model } = JSON.parse(line);
  const known = models[model];
  const tokenizer = tokenizers.get(known.encoding);
  console.log(
    JSON.stringify({
      "chars / 4": Math.ceil(text.length / 4),
      cl100k: cl100k(text, plain),
      o200k: o200k(text, plain),
      "@anthropic-ai/tokenizer": anthropic.encode(text.normalize("NFKC"), "all").length,
      "ai-tokenizer, text": tokenizer.count(text),
      "ai-tokenizer, count()": count({ tokenizer, model: known, messages, tools }).total,
    }),
  );
}
