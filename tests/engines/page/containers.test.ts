import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startSandbox } from "../../support/sandbox.js";
import { useVisits } from "./visit.js";

const open = useVisits();
const read = (name: string) => readFileSync(new URL(`../../fixtures/formats/${name}`, import.meta.url));

test.each([
  ["a Parquet file", "pyarrow-zstd.parquet"],
  ["a nested Parquet file", "pyarrow-nested.parquet"],
  ["a zip file of gzip", "amplitude.zip"],
  ["a file of zstd", "pyarrow.ndjson.zst"],
])("the page reads %s, and sends what is in it", async (_, name) => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  await visit.choose({ name, text: read(name) });
  await visit.heading("All 12 events needed a repair, and got it.");
  await visit.send();
  await visit.receipt();
  expect(sandbox.ledger()).toHaveLength(12);
});

test("the page reads a workbook, asks for the zone of its times, and names sheet and row", async () => {
  const visit = await open();
  await visit.choose({ name: "book.xlsx", text: read("xlsxwriter.xlsx") });
  await visit.heading("What is what in your file?");
  await visit.press("Check the file");
  expect(await visit.page.getByRole("status").textContent()).toContain("One thing is still to be said.");
  const focused = () => visit.page.evaluate(() => document.activeElement?.id);
  expect(await focused()).toBe("time-zone");
  await visit.press("Check as it is");
  await visit.heading("None of the 12 events can be sent.");
  const place = visit.issue("timestamp_zone_missing").locator("tbody tr");
  expect((await place.allInnerTexts())[0]).toMatch(/2\s+1\s+timestamp\s+"2026-11-20T10:00:00"/);
});

test("the page asks which sheet of a workbook is read, and reads it", async () => {
  const visit = await open();
  await visit.choose({ name: "sheets.xlsx", text: read("sheets.xlsx") });
  await visit.heading("Which sheet holds the events?");
  expect(await visit.text()).toContain('2 sheets with cells, "Events" and "More"');
  await visit.page.getByLabel("Sheet to read of a workbook (sheet)").fill("More");
  await visit.heading("What is what in your file?");
  await visit.press("Check the file");
  await visit.heading("Your event is good to go.");
});

test("what reads other files is not loaded for those of text", async () => {
  let visit = await open();
  const loaded = async () => (await visit.requests()).join();
  await visit.choose({ name: "a.json", text: "[]" });
  await visit.heading("There are no events in here.");
  expect(await loaded()).not.toMatch(/containers|parquet|zip|zstd|workbook/);
  visit = await open();
  await visit.choose({ name: "a.zip", text: read("amplitude.zip") });
  await visit.heading("All 12 events needed a repair, and got it.");
  expect(await loaded()).toMatch(/containers.*zip/s);
  expect(await loaded()).not.toMatch(/parquet|zstd|workbook/);
});
