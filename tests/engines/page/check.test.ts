import { appendFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { event, events, ndjson } from "../../support/events.js";
import { Folder } from "../../support/folder.js";
import { startSandbox } from "../../support/sandbox.js";
import { useVisits } from "./visit.js";

const open = useVisits();

test("a refused event is shown with its line, field, value and reason, and is not sent", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  const lines = [event(0), event(1, { eventTypeId: "page load" }), event(2, { key: "" }), event(3)];

  await visit.choose({ name: "may.ndjson", text: ndjson(lines) });
  await visit.heading("2 of 4 events cannot be sent.");
  expect(await visit.figure("clean")).toBe(2);
  expect(await visit.figure("refused")).toBe(2);
  const issue = await visit.issue("event_type_id_invalid").innerText();
  expect(issue).toContain("eventTypeId must begin with a letter or digit");
  expect(issue).toMatch(/2\s+2\s+eventTypeId\s+"page load"/);
  expect(issue).toContain("the service would silently drop such an event");
  await visit.issue("key_empty").locator("summary").click();
  await expect.poll(() => visit.issue("key_empty").innerText()).toMatch(/3\s+3\s+key\s+""/);
  expect(sandbox.posts()).toEqual([]);

  await visit.send();
  await visit.heading("2 of 4 events were accepted.");
  expect(await visit.states()).toEqual({ accepted: 2, refused: 2, unknown: 0, unsent: 0 });
  expect(sandbox.ledger().map(({ event: taken }) => (taken as { key: string }).key)).toEqual(["user-0", "user-3"]);
});

test("several files are one import, and every place names its file", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  await visit.choose(
    { name: "a.ndjson", text: ndjson([event(0), event(1, { key: null })]) },
    { name: "b.json", text: JSON.stringify([event(2, { key: null }), event(3)]) },
  );
  await visit.heading("2 of 4 events cannot be sent.");
  const places = visit.issue("key_missing").locator("tbody tr");
  expect(await places.allInnerTexts()).toEqual([
    expect.stringMatching(/^a\.ndjson\s+2\s+2\s+key/),
    expect.stringMatching(/^b\.json\s+1\s+3\s+key/),
  ]);
  await visit.send();
  await visit.receipt();
  expect(sandbox.ledger()).toHaveLength(2);
});

for (const [what, text, reason] of [
  ["empty", "", "the input is empty"],
  ["neither JSON nor a table", "hello, world", "the input is neither JSON nor a table"],
  ["UTF-16 without a mark", Buffer.from("[]", "utf16le"), "the input is UTF-16 without a byte order mark"],
] as const) {
  test(`a file that is ${what} gets one clear line and no way to send it`, async () => {
    const visit = await open();
    await visit.choose({ name: "what.txt", text });
    await visit.heading("There are no events in here.");
    expect(await visit.text()).toContain(reason);
    expect(await visit.page.getByRole("button", { name: /^Continue/ }).count()).toBe(0);
  });
}

test("a file that is cut off is not called good, even if its events are", async () => {
  const visit = await open();
  await visit.choose({ name: "cut.json", text: `[${JSON.stringify(event(0))},` });
  await visit.heading("Your event is good to go.");
  expect(await visit.page.getByRole("alert").innerText()).toMatch(
    /^cut\.json: the input ends before the array is closed/,
  );
  expect(await visit.text()).toContain("But not everything in the input could be read");
});

test("a frequent issue shows its exact count and its first places, and more on request", async () => {
  const visit = await open();
  await visit.choose({ name: "many.ndjson", text: ndjson(events(250, { key: "" })) });
  await visit.heading("None of the 250 events can be sent.");
  const issue = visit.issue("key_empty");
  expect(await issue.innerText()).toContain("250 ×");
  expect(await issue.locator("tbody tr").count()).toBe(5);
  await visit.press("Show 95 more");
  expect(await issue.locator("tbody tr").count()).toBe(100);
  expect(await issue.innerText()).toContain("the first 100 of 250 are listed");
});

test("the options of the check repair names, or refuse repairs, and the send uses them, too", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  const properties = { place: { country: "CA" } };
  await visit.choose({ name: "names.ndjson", text: ndjson([event(0, { eventTypeId: "page load", properties })]) });
  await visit.heading("This event cannot be sent.");

  await visit.page.getByText("Check differently", { exact: true }).click();
  await visit.page.getByLabel(/normalizeNames/).check();
  await visit.page.getByLabel(/flatten/).check();
  await visit.press("Check again");
  await visit.heading("Your event needed a repair, and got it.");
  await visit.send();
  await visit.receipt();
  expect(sandbox.ledger().map(({ event: taken }) => taken)).toMatchObject([
    { eventTypeId: "page_load", properties: { "place.country": "CA" } },
  ]);

  await visit.press("Check other files");
  await visit.chooseExample();
  await visit.page.getByText("Check differently", { exact: true }).click();
  await visit.page.getByLabel(/^Repair nothing/).check();
  await visit.press("Check again");
  await visit.heading("None of the 2 events can be sent.");
});

test("the receipt leads back to the check, from which nothing can be sent", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  await visit.chooseExample();
  await visit.send();
  await visit.receipt();
  await visit.press("See the check");
  await visit.heading("Both events needed a repair, and got it.");
  expect(await visit.text()).not.toContain("Nothing has been sent yet");
  expect(await visit.page.getByRole("button", { name: /^Continue|^Check again/ }).count()).toBe(0);
  await visit.press("Back to the receipt");
  await visit.heading("Both events were accepted.");
  expect(sandbox.posts()).toHaveLength(1);
});

test("the whole check can be saved as JSON", async () => {
  const visit = await open();
  await visit.chooseExample();
  const { name, text } = await visit.download(/whole check/);
  expect(name).toBe("split-events-check.json");
  expect(JSON.parse(text)).toMatchObject({ events: 2, repaired: 2, issueCounts: { timestamp_seconds: 2 } });
});

test("a text is pasted, and a file at an address is read by the page itself", async () => {
  const visit = await open();
  await visit.page.getByText("Paste, or read from an address").click();
  await visit.page.getByLabel("Events as text").fill(ndjson([event(0)]));
  await visit.press("Use this text");
  await visit.heading("Your event is good to go.");
  expect(await visit.text()).toContain("pasted.txt");

  await visit.press("Choose other files");
  await visit.page.getByText("Paste, or read from an address").click();
  const address = visit.page.getByLabel("Address of a file");
  await address.fill("http://127.0.0.1:9/export.ndjson");
  await visit.press("Read the file");
  await visit.main.getByText("It could not be read").waitFor();
  const served = await serveFile("may.ndjson", ndjson([event(0), event(1)]));
  await address.fill(served);
  await visit.press("Read the file");
  await visit.heading("Both events are good to go.");
  expect(await visit.text()).toContain("may.ndjson");
});

test("the template is read without a question", async () => {
  const visit = await open();
  await visit.page.getByText("Paste, or read from an address").click();
  await visit.choose(await visit.download("A template (CSV)"));
  await visit.heading("Your event needed a repair, and got it.");
});

/** Serves a file that any page may read. */
async function serveFile(name: string, text: string): Promise<string> {
  const server = createServer((_, response) =>
    response.writeHead(200, { "Access-Control-Allow-Origin": "*", Connection: "close" }).end(text),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;
}

test("a check is cancelled, and nothing of it is left", async () => {
  const visit = await open();
  const path = new Folder().write("large.ndjson", "");
  const piece = `${ndjson(events(2000))}\n`.repeat(50);
  for (let at = 0; at < 30; at += 1) appendFileSync(path, piece);
  await visit.choosePaths(path);
  await visit.press("Cancel");
  await visit.heading("What is what in your file?");
  expect(await visit.page.getByRole("button", { name: /^Continue/ }).count()).toBe(0);
});

test("events that all have a warning are not called good", async () => {
  const visit = await open();
  await visit.choose({ name: "old.ndjson", text: ndjson([event(0, { timestamp: 1645557824000 })]) });
  await visit.heading("Your event can be sent, but it has a warning.");
});

test("a dropped file is checked, and a dropped folder is refused by its name", async () => {
  const visit = await open();
  const drop = (name: string, text: string) =>
    visit.page.evaluate(
      (name, text) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([text], name));
        document.querySelector("main")?.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
      },
      name,
      text,
    );
  await drop("dropped.ndjson", ndjson([event(0)]));
  await visit.heading("Your event is good to go.");
  expect(await visit.text()).toContain("dropped.ndjson");

  // Only a person can drop a folder; to the page it is an entry that says so.
  await visit.page.evaluate(() => {
    const folder = { isDirectory: true, name: "events-of-may" } as FileSystemEntry;
    DataTransferItem.prototype.webkitGetAsEntry = () => folder;
  });
  await drop("events-of-may", "");
  await visit.page.getByText("events-of-may is a folder: drop the files in it instead.").waitFor();
});
