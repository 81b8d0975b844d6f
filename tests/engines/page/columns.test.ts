import axe from "axe-core";
import { expect, test } from "vitest";
import { Folder } from "../../support/folder.js";
import { startSandbox } from "../../support/sandbox.js";
import { useVisits, type Visit } from "./visit.js";

const open = useVisits();

const ORDERS = {
  name: "orders.csv",
  text: [
    "event,user_id,time,amount,plan,country",
    "signup,u1,2026-11-20 10:00:00,12.5,gold,DE",
    'order,u2,2026-11-21 10:00:00,"1,000.50",free,AT',
    "",
  ].join("\n"),
};
const HEADING = "What is what in your file?";
const SAID = "Everything that an event needs has a source.";

/** Says what the file of orders does not tell. */
async function sayAll({ page }: Visit): Promise<void> {
  await page.locator("#from-trafficTypeName").selectOption("same");
  await page.getByLabel("Traffic type of all rows").fill("user");
  await page.locator("#time-zone").fill("Europe/Berlin");
  await page.getByText(SAID).waitFor();
}

test("a table with names of its own is mapped, and its events are sent as they were shown", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  await visit.choose(ORDERS);
  await visit.heading(HEADING);
  expect(await visit.text()).toContain("This is a table of 6 columns.");
  expect(await visit.text()).toContain("2 things are still to be said.");
  await visit.press("Check the file");
  expect(await visit.page.evaluate(() => document.activeElement?.id)).toBe("from-trafficTypeName");

  await sayAll(visit);
  expect(await visit.text()).toContain("The first one becomes 2026-11-20 09:00:00 UTC.");
  await visit.page.locator("#time-zone").fill("UTC");
  await visit.page.getByText("The first one becomes 2026-11-20 10:00:00 UTC.").waitFor();
  await visit.press("Check the file");
  await visit.heading("Both events are good to go.");
  await visit.send();
  await visit.heading("Both events were accepted.");
  expect(sandbox.ledger().map(({ event }) => event)).toEqual([
    {
      ...{ eventTypeId: "signup", trafficTypeName: "user", key: "u1", timestamp: Date.UTC(2026, 10, 20, 10) },
      ...{ value: 12.5, properties: { plan: "gold", country: "DE" } },
    },
    {
      ...{ eventTypeId: "order", trafficTypeName: "user", key: "u2", timestamp: Date.UTC(2026, 10, 21, 10) },
      ...{ value: 1000.5, properties: { plan: "free", country: "AT" } },
    },
  ]);
});

test("properties are renamed, typed and left out, and a field is taken from another column or from none", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  await visit.choose(ORDERS);
  await sayAll(visit);
  await visit.page.getByText(/^Properties \(2\)$/).click();
  await visit.page.getByLabel("Name of plan").fill("tariff");
  await visit.page.press("Tab");
  await visit.page.getByLabel("Keep country").uncheck();
  await visit.page.locator("#from-value").selectOption("none");
  await expect.poll(() => visit.text()).toContain("properties.tariff gold");
  await expect.poll(() => visit.text()).not.toContain("properties.country");
  await expect.poll(() => visit.text()).toContain("properties.amount 12.5");
  await visit.press("Check the file");
  await visit.send();
  await visit.receipt();
  expect(sandbox.ledger()[0]?.event).toEqual({
    ...{ eventTypeId: "signup", trafficTypeName: "user", key: "u1", timestamp: Date.UTC(2026, 10, 20, 9) },
    properties: { amount: 12.5, tariff: "gold" },
  });
});

test("the mapping is saved as the command's file, and such a file is used", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  await visit.choose(ORDERS);
  await sayAll(visit);
  const { name, text } = await visit.download("Mapping (JSON)");
  expect(name).toBe("mapping.json");
  const mapping = JSON.parse(text);
  expect(mapping.events[0]).toMatchObject({ key: { from: "user_id" }, trafficTypeName: { value: "user" } });

  await visit.press("Choose other files");
  await visit.choose(ORDERS);
  await visit.main.getByText("2 things are still to be said.").waitFor();
  const folder = new Folder();
  await visit.page.getByLabel("Use a mapping file").setInputFiles(folder.write("broken.json", "{"));
  await visit.main.getByText("broken.json is no mapping").waitFor();
  await visit.page.getByLabel("Use a mapping file").setInputFiles(folder.write(name, text));
  await visit.main.getByText("The mapping of mapping.json is used.").waitFor();
  await visit.page.getByText(SAID).waitFor();
  await visit.press("Check the file");
  await visit.heading("Both events are good to go.");
  await visit.send();
  await visit.receipt();
  expect(sandbox.ledger()).toHaveLength(2);
});

test("an export that is recognised is read so, and can be read as another", async () => {
  const visit = await open();
  const record = { event: "Signed Up", properties: { distinct_id: "u1", time: 1795162530, $insert_id: "i1" } };
  await visit.choose({ name: "export.ndjson", text: `${JSON.stringify(record)}\n` });
  await visit.heading(HEADING);
  expect(await visit.text()).toContain("This is an export of Mixpanel");
  await visit.page.getByText("How the file is read", { exact: true }).click();
  await visit.page.locator("#preset").selectOption("none");
  await visit.main.getByText(/^This is JSON\./).waitFor();
  await visit.press("As it was recognised");
  await visit.main.getByText(/^This is an export of Mixpanel/).waitFor();
});

test("Back and Forward go through the steps, and keep what was said", async () => {
  const visit = await open();
  await visit.choose(ORDERS);
  await sayAll(visit);
  await visit.press("Check the file");
  await visit.heading("Both events are good to go.");
  await visit.press(/^Continue with/);
  await visit.heading("Send 2 events");
  const go = (steps: number) => visit.page.evaluate((by) => history.go(by), steps);
  await go(-1);
  await visit.heading("Both events are good to go.");
  await go(-1);
  await visit.heading(HEADING);
  expect(await visit.page.getByLabel("Traffic type of all rows").inputValue()).toBe("user");
  await go(-1);
  await visit.heading("Know what Split would drop.");
  await go(3);
  await visit.heading("Send 2 events");
  expect(await visit.page.evaluate(() => location.hash)).toBe("#plan");
});

test("what was said of a file is kept over a reload, and used when the file is chosen again", async () => {
  const visit = await open();
  const file = new Folder().write(ORDERS.name, ORDERS.text);
  await visit.choosePaths(file);
  await visit.heading(HEADING);
  await sayAll(visit);
  await visit.reload();
  await visit.main.getByText("Choose orders.csv again to go on: what you said about it is kept.").waitFor();
  await visit.choosePaths(file);
  await visit.heading("Both events are good to go.");
  await visit.press("Change columns");
  await visit.heading(HEADING);
  expect(await visit.page.getByLabel("Traffic type of all rows").inputValue()).toBe("user");
});

test("a mapping is kept in the browser under a name, used for another file, and forgotten", async () => {
  const visit = await open();
  await visit.choose(ORDERS);
  await sayAll(visit);
  await visit.page.getByLabel("Name to keep it under").fill("Shop");
  await visit.press("Keep it in this browser");
  await visit.main.getByText("The mapping is kept as Shop.").waitFor();
  await visit.reload();
  await visit.choose({ ...ORDERS, name: "december.csv" });
  await visit.main.getByText("2 things are still to be said.").waitFor();
  await visit.page.getByLabel("Mappings kept in this browser").selectOption("Shop");
  await visit.page.getByText(SAID).waitFor();
  await visit.press("Forget Shop");
  await expect.poll(() => visit.page.locator("#kept-mappings").count()).toBe(0);
  await visit.press("Check the file");
  await visit.heading("Both events are good to go.");
});

test("300 columns with long names fit into 320 pixels, and axe finds no violation", async () => {
  const visit = await open();
  const names = Array.from({ length: 300 }, (_, at) =>
    `column_${at}_${"with_a_very_long_name".repeat(4)}`.slice(0, 80),
  );
  const text = `key,${names.join(",")}\nu1,${names.map(() => "some-value").join(",")}\n`;
  await visit.choose({ name: `${"a-long-name-of-a-file".repeat(4)}.csv`, text });
  await visit.heading(HEADING);
  await visit.openAll();
  await visit.press("Show 280 more");
  await visit.page.run(`(async () => { ${axe.source} })()`);
  for (const width of [320, 1400]) {
    await visit.page.resize(width, 700);
    const hidden = await visit.page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    expect(`${width}: ${hidden}`).toBe(`${width}: 0`);
    const found = await visit.page.evaluate(async () => {
      const { axe: inPage } = window as unknown as { axe: typeof import("axe-core") };
      const { violations } = await inPage.run(document, { resultTypes: ["violations"] });
      return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`);
    });
    expect(found).toEqual([]);
  }
});
