/**
 * Links that carry the settings, and the text where that is asked for, behind the `#`, which browsers send
 * to no server: `#1` and the JSON, deflated, in the letters of base64url. The digit is the form's version.
 */
import type { CheckOptions } from "tokenleash";
import { copyText, download } from "./carry.ts";
import { byId } from "./element.ts";
import { menu } from "./menu.ts";
import type { Page } from "./page.ts";

interface Shared {
  options: CheckOptions;
  text?: string;
}

/** Browsers and chats take links of this length; a longer text is better sent as a file. */
export const LONGEST_LINK = 16_000;

async function squeezed(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function unsqueezed(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).text();
}

export async function write(shared: Shared): Promise<string> {
  const bytes = await squeezed(JSON.stringify(shared));
  let letters = "";
  for (let from = 0; from < bytes.length; from += 8192) letters += String.fromCharCode(...bytes.subarray(from, from + 8192));
  return `#1${btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

export async function read(hash: string): Promise<Shared> {
  if (!hash.startsWith("#1")) throw new Error("this link is of another version of the page");
  const letters = atob(hash.slice(2).replaceAll("-", "+").replaceAll("_", "/"));
  const shared: unknown = JSON.parse(await unsqueezed(Uint8Array.from(letters, (letter) => letter.charCodeAt(0))));
  const { options, text } = shared as Partial<Shared>;
  if (typeof options !== "object" || options === null || Array.isArray(options)) throw new Error("this link holds no settings");
  return typeof text === "string" ? { options, text } : { options };
}

/** Takes what the page's address carries, once. */
export async function openShared(page: Page): Promise<void> {
  const { hash } = location;
  if (hash.length < 3) return;
  try {
    const { options, text } = await read(hash);
    page.settings.replace(options);
    if (text !== undefined) page.editor.replaceAll(text);
    page.notify(text === undefined ? "The settings of the link are set." : "The text and the settings of the link are here.");
  } catch (error) {
    page.notify(`The link cannot be read: ${(error as Error).message}.`);
  }
  history.replaceState(null, "", location.pathname + location.search);
}

export function shareMenu(page: Page): void {
  const address = (hash: string) => location.origin + location.pathname + hash;
  menu(byId("share"), () => [
    {
      name: "Copy a link to these settings",
      says: "Without the text",
      act: () => void write({ options: page.settings.options }).then((hash) => copyText(page, address(hash))),
    },
    {
      name: "Copy a link with the text",
      says: "Whoever has the link can read it; no server does",
      act: () =>
        void write({ options: page.settings.options, text: page.editor.text }).then((hash) =>
          hash.length > LONGEST_LINK ? page.notify("The text is too long for a link. Download it and send the file.") : copyText(page, address(hash)),
        ),
    },
    {
      name: "Download the text",
      says: "As a file",
      act: () => download(page.answer.report?.dialect === "text" ? "prompt.txt" : "request.json", page.editor.text),
    },
  ]);
}
