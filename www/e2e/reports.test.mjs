// The page's report of every fixture is the golden one, with every setting set in its field.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { openPage, report, set, write } from "./page.mjs";

const fixtures = new URL("../../tests/fixtures/requests/", import.meta.url);
let opened;
before(async () => {
  opened = await openPage();
});
after(async () => assert.deepEqual(await opened.close(), []));

for (const name of readdirSync(fixtures)) {
  const read = (file) => readFileSync(new URL(`${name}/${file}`, fixtures), "utf8");
  test(`the report of ${name}`, async () => {
    await set(opened.page, JSON.parse(read("options.json")));
    await write(opened.page, read("request"));
    assert.deepEqual(await report(opened.page), JSON.parse(read("report.json")));
  });
}
