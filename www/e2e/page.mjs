// The built page in a real browser, and how tests use it.
import { launch, serve } from "../serve.mjs";

/**
 * The page, opened anew; `close` gives what it did wrong by itself: errors, refused styles and scripts.
 * With `test` it is closed at the end of that test, however the test ends.
 */
export async function openPage({ test, scheme = "light", width = 1280, height = 720, path = "", prepare } = {}) {
  const server = await serve();
  const browser = await launch();
  const end = async () => {
    await browser.close();
    server.close();
  };
  test?.after(end);
  const context = await browser.newContext({ colorScheme: scheme, viewport: { width, height } });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  const faults = [];
  const sent = [];
  page.on("pageerror", (error) => faults.push(String(error.stack)));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  page.on("request", (request) => sent.push(request.url()));
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sourceFile ?? ""}`));
  });
  if (prepare) await prepare(page);
  await page.goto(server.url + path);
  await page.waitForSelector("#verdict:not([data-state=loading])");
  const close = async () => {
    const violations = await page.evaluate(() => window.violations);
    await end();
    return [...faults, ...violations];
  };
  return { page, context, url: server.url, sent, faults, close };
}

/** Puts a text into the editor, as one paste does. */
export async function write(page, text) {
  await page.evaluate((text) => document.querySelector("prompt-editor").replaceAll(text), text);
  await settled(page);
}

/** Waits until the answer speaks of the text and the settings as they are. */
export async function settled(page) {
  // Two frames: one for the change to be told, one for the answer to be shown.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.waitForSelector("#top[data-current=true]", { state: "attached", timeout: 60_000 });
}

export const openPanel = (page, id) => page.click(`#tab-${id}`);

/** The report that the page would export. */
export async function report(page) {
  await openPanel(page, "export");
  await page.selectOption("#panel-export select", "json");
  await settled(page);
  await page.waitForSelector("#panels:not([data-due]) #export-text[data-current=true]");
  return JSON.parse(await page.textContent("#export-text"));
}

const NUMBERS = ["maxTokens", "expectedOutput"];

/** Sets every setting in its field; those that are not given are taken back. */
export async function set(page, options = {}) {
  await openPanel(page, "settings");
  const field = (name) => `#panel-settings [name="${name}"]`;
  await page.click("text=Clear all settings");
  for (const [name, value] of Object.entries(options)) {
    if (name === "limits") {
      for (const [limit, number] of Object.entries(value)) {
        await page.fill(field(`limits.${limit}`), limit === "budgetMicroUsd" ? String(number / 1e6) : String(number));
      }
    } else if (name === "observed" || name === "correction") await page.fill("#usage", JSON.stringify(value));
    else if (typeof value === "boolean") await page.setChecked(field(name), value);
    else if (name === "model" || NUMBERS.includes(name)) await page.fill(field(name), String(value));
    else await page.selectOption(field(name), value);
  }
  await settled(page);
}
