// The JavaScript tools: histories and budgets in on lines, what each made of them out.
import { createInterface } from "node:readline";
import { AIMessage, HumanMessage, SystemMessage, ToolMessage, trimMessages } from "@langchain/core/messages";
import { pruneMessages } from "ai";

/** Characters by four and three a message: how LangChain's own approximate counter counts. */
function count(messages) {
  let tokens = 0;
  for (const message of messages) {
    const text = typeof message.content === "string" ? message.content : JSON.stringify(message.content);
    const calls = message.tool_calls?.length ? JSON.stringify(message.tool_calls) : "";
    tokens += Math.ceil((text.length + calls.length) / 4) + 3;
  }
  return tokens;
}

function toLangChain(message) {
  const content = message.content ?? "";
  if (message.role === "system") return new SystemMessage({ content });
  if (message.role === "user") return new HumanMessage({ content });
  if (message.role === "tool") return new ToolMessage({ content, tool_call_id: message.tool_call_id });
  const calls = (message.tool_calls ?? []).map(({ id, function: { name, arguments: args } }) => ({
    id,
    name,
    args: JSON.parse(args),
    type: "tool_call",
  }));
  return new AIMessage({ content, tool_calls: calls });
}

function fromLangChain(message) {
  const content = message.content === "" ? null : message.content;
  const type = message.getType();
  if (type === "tool") return { role: "tool", tool_call_id: message.tool_call_id, content: message.content };
  if (type !== "ai") return { role: type === "system" ? "system" : "user", content };
  const calls = message.tool_calls.map(({ id, name, args }) => ({
    id,
    type: "function",
    function: { name, arguments: JSON.stringify(args) },
  }));
  return { role: "assistant", content, ...(calls.length ? { tool_calls: calls } : {}) };
}

async function langChain(history, share) {
  const messages = history.map(toLangChain);
  const whole = count(messages);
  const budget = Math.floor(whole * share);
  const before = JSON.stringify(messages);
  const trimmed = await trimMessages(messages, {
    maxTokens: budget,
    tokenCounter: count,
    strategy: "last",
    includeSystem: true,
    startOn: "human",
  });
  // Where only the system message is left, an undefined stands beside it.
  const kept = trimmed.filter((message) => message !== undefined);
  return {
    messages: kept.map(fromLangChain),
    before: whole,
    after: count(kept),
    budget,
    mutated: JSON.stringify(messages) !== before,
  };
}

function toVercel(message) {
  if (message.role === "system") return message;
  if (message.role === "tool") {
    const output = { type: "text", value: message.content };
    return { role: "tool", content: [{ type: "tool-result", toolCallId: message.tool_call_id, toolName: "read", output }] };
  }
  const parts = typeof message.content === "string" ? [{ type: "text", text: message.content }] : (message.content ?? []);
  const content = parts.map((part) => (part.type === "text" ? part : { type: "image", image: part.image_url.url }));
  for (const { id, function: { name, arguments: args } } of message.tool_calls ?? []) {
    content.push({ type: "tool-call", toolCallId: id, toolName: name, input: JSON.parse(args) });
  }
  return { role: message.role, content };
}

function fromVercel(message) {
  if (message.role === "system") return message;
  if (message.role === "tool") {
    const [result] = message.content;
    return { role: "tool", tool_call_id: result.toolCallId, content: result.output.value };
  }
  const content = message.content
    .filter((part) => part.type === "text" || part.type === "image")
    .map((part) => (part.type === "text" ? part : { type: "image_url", image_url: { url: part.image } }));
  const calls = message.content
    .filter((part) => part.type === "tool-call")
    .map((part) => ({
      id: part.toolCallId,
      type: "function",
      function: { name: part.toolName, arguments: JSON.stringify(part.input) },
    }));
  const simple = content.length === 1 && content[0].type === "text";
  return {
    role: message.role,
    content: content.length === 0 ? null : simple ? content[0].text : content,
    ...(calls.length ? { tool_calls: calls } : {}),
  };
}

function vercel(history, share) {
  const messages = history.map(toVercel);
  const size = (all) => Math.floor(JSON.stringify(all).length / 4);
  const whole = size(messages);
  const before = JSON.stringify(messages);
  const kept = pruneMessages({ messages, reasoning: "all", toolCalls: "before-last-message", emptyMessages: "remove" });
  return {
    messages: kept.map(fromVercel),
    before: whole,
    after: size(kept),
    budget: Math.floor(whole * share),
    mutated: JSON.stringify(messages) !== before,
  };
}

/** What either counts of messages that another tool left. */
const counts = { langchainjs: (messages) => count(messages.map(toLangChain)), vercel: (messages) => Math.floor(JSON.stringify(messages.map(toVercel)).length / 4) };

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  if (asked.count) {
    console.log(JSON.stringify(counts[asked.count](asked.messages)));
    continue;
  }
  const { messages, share, peer } = asked;
  console.log(JSON.stringify(await (peer === "vercel" ? vercel : langChain)(messages, share)));
}
