/** Texts to start from. */
import supportChat from "../../examples/support-chat.json?raw";
import type { Page } from "./page.ts";

interface Example {
  name: string;
  says: string;
  load(page: Page): void;
}

const PROMPT = `You are the duty forecaster of a small marine weather service in Auckland.

Read the observations below and write a forecast for the Hauraki Gulf for the next 24 hours:
wind, sea state, visibility, and one sentence of advice for boats under ten metres.

Observations at 06:00 NZDT
- Tiri Tiri: 210° 18 kt, gusting 26, 1009 hPa, falling slowly
- Channel Island: 220° 22 kt, sea moderate, 14 °C
- Whangārei Heads: 200° 12 kt, showers in sight

Keep it under 120 words.`;

const LONG_ANSWER = `{
  "modelId": "au.anthropic.claude-opus-4-6-v1",
  "system": [{ "text": "You answer questions about New Zealand weather in one sentence." }],
  "messages": [{ "role": "user", "content": [{ "text": "Will it rain in Auckland tomorrow?" }] }],
  "inferenceConfig": { "maxTokens": 2000 }
}
`;

export const EXAMPLES: readonly Example[] = [
  {
    name: "A prompt",
    says: "Plain text",
    load(page) {
      page.editor.replaceAll(PROMPT);
    },
  },
  {
    name: "A chat with tools",
    says: "A Converse request with its tools and their results",
    load(page) {
      page.editor.replaceAll(supportChat);
    },
  },
  {
    name: "One that does not fit",
    says: "A short question whose answer may be too long for 6,000 tokens a minute",
    load(page) {
      page.settings.setLimit("tpm", 6000);
      page.editor.replaceAll(LONG_ANSWER);
    },
  },
];
