import { utimes, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { event, events, ndjson, parseNdjson } from "../../support/events.js";
import { Folder } from "../../support/folder.js";
import { HeldServer } from "../../support/held-server.js";
import { startSandbox } from "../../support/sandbox.js";
import { engine } from "../engines.js";
import { startFront } from "../front.js";
import { KEY, useVisits, type Visit } from "./visit.js";

const open = useVisits();

/** Three batches. */
const MANY = { name: "many.ndjson", text: ndjson(events(1200)) };

/** Returns all that a person can see or save of the page, and all that it stored. */
async function everythingShown(visit: Visit, links: readonly RegExp[]): Promise<string> {
  const { page } = visit;
  const saved = [];
  for (const link of links) saved.push((await visit.download(link)).text);
  const kept = await page.evaluate(async () => {
    const stored: unknown[] = [];
    for (const { name = "" } of await indexedDB.databases()) {
      const asked = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const database = await asked(indexedDB.open(name));
      for (const table of database.objectStoreNames) {
        const values = database.transaction(table).objectStore(table);
        const asText = (value: unknown) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : value);
        stored.push(name, await asked(values.getAllKeys()), (await asked(values.getAll())).map(asText));
      }
      database.close();
    }
    const shown = [document.documentElement.outerHTML, location.href, document.title];
    return JSON.stringify([shown, { ...localStorage }, { ...sessionStorage }, document.cookie, stored, history.state]);
  });
  return [kept, ...saved, ...(await visit.faults())].join("\n");
}

for (const [status, reason] of [
  [401, "unauthorized"],
  [403, "forbidden"],
] as const) {
  test(`a key that is answered ${status} costs one request, the rest stays unsent, and the key appears nowhere`, async () => {
    const sandbox = await startSandbox();
    sandbox.setFaults([{ do: "status", status, body: `the key ${KEY} is not welcome` }]);
    const visit = await open(sandbox);
    await visit.choose(MANY);
    await visit.send();
    await visit.heading("No event was accepted.");

    expect(await visit.states()).toEqual({ accepted: 0, refused: 500, unknown: 0, unsent: 700 });
    expect(sandbox.posts()).toHaveLength(1);
    const text = await visit.text();
    expect(text).toContain("Sending ended early:");
    expect(text).toContain("SDK key");
    expect(await visit.savedReceipt()).toMatchObject({ stopped: { reason }, refusedBy: { check: 0, service: 500 } });
    const shown = await everythingShown(visit, [/^Receipt/, /^500 refused/, /^700 unsent/]);
    expect(shown).toContain("split-events-page/ledger");
    expect(shown).not.toContain(KEY);
    expect(shown).not.toMatch(/authorization/i);
  });
}

test("after a wrong key the same file can be sent again without a question", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ post: 1, do: "status", status: 401 }]);
  const visit = await open(sandbox);
  await visit.chooseExample();
  await visit.send("wrong-key");
  await visit.heading("No event was accepted.");
  await visit.press("Send what is left…");
  await visit.page.getByLabel("SDK key").fill(KEY);
  await visit.press("Send what is left");
  await visit.heading("Both events were accepted.");
  expect(sandbox.ledger()).toHaveLength(2);
});

test("after a tab was closed in the middle, the same file goes on where it stopped", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "hang", take: true, post: 2 }]);
  const file = new Folder().write(MANY.name, MANY.text);
  const visit = await open(sandbox);
  await visit.choosePaths(file);
  await visit.send();
  await expect.poll(() => sandbox.posts().filter(({ taken }) => taken)).toHaveLength(3);
  const again = await visit.otherTab();
  await visit.page.close();
  await again.main.getByText("Not finished yet").waitFor();
  await again.choosePaths(file);
  await again.press(/^Continue with/);
  await again.heading(/^Send /);
  expect(await again.text()).toContain("ended early");
  await again.page.getByLabel("SDK key").fill(KEY);
  await again.press("Send what is left");
  await again.receipt();
  const { accepted, refused, unknown, unsent } = await again.states();
  expect({ refused, unsent, all: accepted + unknown }).toEqual({ refused: 0, unsent: 0, all: 1200 });
  expect(unknown).toBeGreaterThanOrEqual(500);
  const keys = sandbox.ledger().map(({ event }) => (event as { key: string }).key);
  expect(new Set(keys).size).toBe(1200);
  expect(keys).toHaveLength(1200);
});

test("an answer that breaks off leaves the events unknown, and they are never sent again", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "reset", take: true }]);
  const visit = await open({ endpoint: await startFront(sandbox.endpoint) });
  await visit.chooseExample();
  await visit.send();
  await visit.heading("No event is known to be accepted.");

  expect(await visit.states()).toEqual({ accepted: 0, refused: 0, unknown: 2, unsent: 0 });
  expect(await visit.text()).toContain("connection_lost");
  expect(sandbox.posts()).toHaveLength(1);
  expect(sandbox.ledger()).toHaveLength(2);

  const unknown = parseNdjson<{ event: { key: string } }>((await visit.download(/^2 unknown/)).text);
  expect(unknown.map((line) => line.event.key)).toEqual(["Liam", "Ava"]);
});

test("another file is sent without a question", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  await visit.chooseExample();
  await visit.send();
  await visit.receipt();
  await visit.press("Check other files");
  await visit.choose({ name: "other.ndjson", text: ndjson([event(0)]) });
  await visit.send();
  await visit.heading("Your event was accepted.");
});

test("Stop waits for the answer under way and sends nothing more", async () => {
  const server = await HeldServer.start();
  const visit = await open({ endpoint: await startFront(server.endpoint) });
  await visit.choose(MANY);
  await visit.send();
  await server.posts(1);
  await visit.press("Stop");
  await visit.page.locator("main").getByText("Stopping: nothing more is sent").waitFor();
  server.answer(202);

  await visit.heading("500 of 1,200 events were accepted.");
  expect(await visit.states()).toEqual({ accepted: 500, refused: 0, unknown: 0, unsent: 700 });
  expect(server.bodies).toHaveLength(1);
  expect(await visit.savedReceipt()).toMatchObject({ stopped: { reason: "aborted" }, complete: true });
  const unsent = parseNdjson<{ event: { key: string } }>((await visit.download(/^700 unsent/)).text);
  expect(unsent).toHaveLength(700);
  expect(unsent[0]?.event.key).toBe("user-500");
});

test("a second press cuts off the requests under way, whose events end unknown", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "hang" }]);
  const visit = await open(sandbox);
  await visit.choose(MANY);
  await visit.send();
  await expect.poll(() => sandbox.ledger().length).toBe(500);
  await visit.press("Stop");
  await visit.press("Cut off now");
  await visit.heading("No event is known to be accepted.");
  expect(await visit.states()).toEqual({ accepted: 0, refused: 0, unknown: 500, unsent: 700 });
  expect(sandbox.posts()).toHaveLength(1);
});

test("a double click on Stop does not cut off", async () => {
  const server = await HeldServer.start();
  const visit = await open({ endpoint: await startFront(server.endpoint) });
  await visit.choose(MANY);
  await visit.send();
  await server.posts(1);
  await visit.page.getByRole("button", { name: "Stop" }).dblclick();
  server.answer(202);
  await visit.receipt();
  expect(await visit.states()).toEqual({ accepted: 500, refused: 0, unknown: 0, unsent: 700 });
});

test("the browser asks before the page is left while it sends", async () => {
  const server = await HeldServer.start();
  const visit = await open({ endpoint: await startFront(server.endpoint) });
  await visit.choose(MANY);
  await visit.send();
  await server.posts(1);
  visit.page.answer(false);
  await visit.page.evaluate(() => void setTimeout(() => location.reload()));
  await expect.poll(() => visit.page.asked).toEqual(["beforeunload"]);
  server.answer(202);
  await server.posts(3);
  server.answer(202);
  await visit.heading("All 1,200 events were accepted.");
});

test("the counts so far are shown while a batch waits for its answer", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ post: 3, do: "hang" }]);
  const visit = await open(sandbox);
  await visit.choose(MANY);
  await visit.send();
  await visit.page.getByText("1,000 accepted · 1 request under way").waitFor();
  expect(await visit.page.getByRole("progressbar").getAttribute("max")).toBe("1200");
});

test("the receipt adds up, and counts apart what the check and the service refused", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ post: 2, do: "status", status: 400, body: "no such environment" }]);
  const visit = await open(sandbox);
  const lines = [...events(1100), event(1100, { key: "" })];
  await visit.choose({ name: "mixed.ndjson", text: ndjson(lines) });
  await visit.send();
  await visit.receipt();

  const { accepted, refused, unknown, unsent } = await visit.states();
  expect({ accepted, refused, unknown, unsent }).toEqual({ accepted: 600, refused: 501, unknown: 0, unsent: 0 });
  const text = await visit.text();
  expect(text).toContain("600 + 501 + 0 + 0 = 1,101.");
  expect(text).toContain("1 by the check, 500 by the service");
  expect(text).toMatch(/refused · 500 events in 1 batch at mixed\.ndjson, lines \d[\d,]* to \d/);
  expect(text).toContain("the service answered 400: no such environment");
  const saved = parseNdjson<{ reasons: { code: string }[] }>((await visit.download(/^501 refused/)).text);
  expect(saved.filter(({ reasons }) => reasons[0]?.code === "key_empty")).toHaveLength(1);
});

test("refused rows are saved as the table that they came in, which is sent once it is corrected", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  const header = "eventTypeId,trafficTypeName,key,timestamp,plan";
  const row = "page_load,user,Ava,1645557824000";
  await visit.choose({ name: "mixed.csv", text: `${header}\n${row},gold\n${row.replace("Ava", "")},=1+1\n` });
  await visit.send();
  await visit.receipt();
  const { name, text } = await visit.download("1 refused (table)");
  expect(name).toBe("split-events-refused.csv");
  expect(text).toBe(`${header},split_events_reasons\n${row.replace("Ava", "")},'=1+1,"key_missing: key is missing"\n`);
  await visit.press("Choose the corrected file");
  await visit.choose({ name, text: text.replace("user,,", "user,Ben,") });
  await visit.send();
  await visit.receipt();
  expect(await visit.states()).toEqual({ accepted: 1, refused: 0, unknown: 0, unsent: 0 });
  expect(sandbox.ledger().at(-1)?.event).toMatchObject({ key: "Ben", properties: { plan: "=1+1" } });
});

test("a file that has changed since the check is not sent in part", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  const path = new Folder().write("changing.ndjson", ndjson(events(10)));
  await visit.choosePaths(path);
  await visit.heading("All 10 events are good to go.");
  await writeFile(path, ndjson(events(12)));
  // WebKitGTK compares whole seconds
  await utimes(path, new Date(), new Date(Date.now() + 5_000));
  await visit.send();
  // Firefox reads it as it is now, without an error
  if (engine.name === "Firefox") {
    await visit.heading("All 12 events were accepted.");
    return expect(sandbox.ledger()).toHaveLength(12);
  }
  await visit.heading("Nothing was sent.");
  expect(await visit.page.getByRole("alert").innerText()).toContain("the input could not be read to its end");
  expect(sandbox.posts()).toEqual([]);
});

const OFFLINE = "You are offline: sending goes on when the connection is back.";

test("the page says that it is offline, and goes on by itself once the connection is back", async () => {
  const sandbox = await startSandbox();
  const visit = await open({ endpoint: named(sandbox.endpoint) });
  await visit.choose(MANY);
  await visit.press(/^Continue with/);
  await visit.page.getByLabel("SDK key").fill(KEY);
  await visit.page.setOffline(true);
  await visit.press(/^Send /);
  await visit.main.getByText(OFFLINE).waitFor();
  expect(await visit.page.getByRole("status").textContent()).toBe(OFFLINE);
  await visit.press("Pause");
  await visit.main.getByText("Paused: nothing is sent until you go on.").waitFor();
  await visit.press("Go on");
  await visit.main.getByText(OFFLINE).waitFor();
  expect(sandbox.posts()).toEqual([]);

  await visit.page.setOffline(false);
  await visit.heading("All 1,200 events were accepted.");
  expect(sandbox.ledger()).toHaveLength(1200);
});

test("Stop while offline ends with a receipt that says so, and the rest can be sent later", async () => {
  const sandbox = await startSandbox();
  const visit = await open({ endpoint: named(sandbox.endpoint) });
  await visit.choose(MANY);
  await visit.press(/^Continue with/);
  await visit.page.getByLabel("SDK key").fill(KEY);
  await visit.page.setOffline(true);
  await visit.press(/^Send /);
  await visit.main.getByText(OFFLINE).waitFor();
  await visit.press("Stop");
  await visit.heading("No event was accepted.");
  expect(await visit.states()).toEqual({ accepted: 0, refused: 0, unknown: 0, unsent: 1200 });
  expect(await visit.text()).toContain("offline");
  expect(sandbox.posts()).toEqual([]);

  await visit.page.setOffline(false);
  await visit.press("Send what is left…");
  await visit.press("Send what is left");
  await visit.heading("All 1,200 events were accepted.");
  expect(sandbox.ledger()).toHaveLength(1200);
});

/** A name for loopback, whose addresses are reached offline, too. */
function named(endpoint: string): string {
  return endpoint.replace("127.0.0.1", "service.test");
}
