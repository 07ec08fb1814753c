// Lighthouse on the built page, as a phone on slow 4G: `npm --prefix www/lighthouse ci && npm --prefix www/lighthouse start`.
// It is kept out of the tests because its figures are of the machine too; here they have to hold.
import lighthouse from "lighthouse";
import { launch as launchChrome } from "chrome-launcher";
import { serve } from "../serve.mjs";

const LEAST = { performance: 0.95, accessibility: 1, "best-practices": 1 };

const server = await serve({ compressed: true });
const chrome = await launchChrome({ chromePath: "/usr/bin/chromium", chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
try {
  const { lhr } = await lighthouse(server.url, { port: chrome.port, onlyCategories: Object.keys(LEAST) });
  for (const [id, { score }] of Object.entries(lhr.categories)) {
    console.log(`${id.padEnd(16)} ${score.toFixed(2)}  at least ${LEAST[id]}`);
    if (score < LEAST[id]) process.exitCode = 1;
  }
  for (const id of ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "speed-index"]) {
    console.log(`  ${id.padEnd(26)} ${lhr.audits[id].displayValue}`);
  }
  for (const { id, score, title, scoreDisplayMode } of Object.values(lhr.audits)) {
    if (score !== null && score < 0.9 && scoreDisplayMode !== "informative") console.log(`  below: ${id} ${score} ${title}`);
  }
} finally {
  await chrome.kill();
  server.close();
}
