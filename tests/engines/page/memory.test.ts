import { expect, test } from "vitest";
import { event, events, ndjson } from "../../support/events.js";
import { Folder } from "../../support/folder.js";
import { HeldServer } from "../../support/held-server.js";
import { keysIn, startSandbox } from "../../support/sandbox.js";
import { startFront } from "../front.js";
import { KEY, useVisits, type Visit } from "./visit.js";

const open = useVisits();

/** 1,000 rows of which the check refuses every 25th, and the same rows corrected. */
const ROWS = events(1000);
const WRONG = {
  name: "orders.ndjson",
  text: ndjson(ROWS.map((row, at) => (at % 25 === 3 ? { ...row, eventTypeId: "page load" } : row))),
};
const CORRECTED = ndjson(ROWS);

/** Goes from the check to the question about events that were sent before. */
async function sendKnown(visit: Visit, held: string | RegExp, key = KEY): Promise<void> {
  await visit.send(key);
  await visit.heading(held);
}

test("1,000 rows, of which 40 are corrected and sent later under another name, arrive once each", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  await visit.choose(WRONG);
  await visit.send();
  await visit.heading("960 of 1,000 events were accepted.");
  expect(await visit.text()).toContain("what was accepted is not sent twice");

  await visit.press("Choose the corrected file");
  await visit.choose({ ...WRONG, text: CORRECTED });
  await sendKnown(visit, "960 of 1,000 events were sent before.");
  expect(sandbox.ledger()).toHaveLength(960);
  await visit.press("Send 40 events");
  await visit.heading("40 events were accepted, 960 were held back.");
  expect(await visit.states()).toEqual({ accepted: 40, refused: 0, unknown: 0, unsent: 960 });
  expect(await visit.text()).toContain("960 held back: sent before, or may have been");
  expect(new Set(keysIn(sandbox)).size).toBe(1000);
  expect(sandbox.ledger()).toHaveLength(1000);

  await visit.reload();
  await visit.choose({ name: "orders (2).ndjson", text: CORRECTED });
  await sendKnown(visit, "All 1,000 events were sent before.");
  expect(await visit.page.getByRole("button", { name: /^Send/ }).count()).toBe(0);
  expect(sandbox.ledger()).toHaveLength(1000);
});

test("events that were sent before are sent again only if the user says so, and only in this send", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  const file = { name: "a.ndjson", text: ndjson(ROWS.slice(0, 3)) };
  await visit.choose(file);
  await visit.send();
  await visit.receipt();
  await visit.press("Check other files");

  const more = { name: "b.ndjson", text: ndjson(ROWS.slice(0, 5)) };
  await visit.choose(more);
  await sendKnown(visit, "3 of 5 events were sent before.");
  await visit.page.getByLabel("Send these 3 events again all the same").check();
  await visit.press("Send 5 events");
  await visit.heading("All 5 events were accepted.");
  expect(sandbox.ledger()).toHaveLength(8);

  await visit.press("Check other files");
  await visit.choose(more);
  await sendKnown(visit, "All 5 events were sent before.");
  expect(sandbox.ledger()).toHaveLength(8);
});

test("events sent to one address are not held back from another", async () => {
  const [trial, real] = [await startSandbox(), await startSandbox()];
  const visit = await open(trial);
  const file = { name: "a.ndjson", text: CORRECTED };
  await visit.choose(file);
  await visit.send();
  await visit.heading("All 1,000 events were accepted.");
  await visit.press("Check other files");
  await visit.choose(file);
  await visit.press(/^Continue with/);
  await visit.page.getByLabel("Address of the service").fill(real.endpoint);
  await visit.press("Send 1,000 events");
  await visit.heading("All 1,000 events were accepted.");
  expect(keysIn(real)).toEqual(keysIn(trial));

  await visit.press("Check other files");
  await visit.choose(file);
  await sendKnown(visit, "All 1,000 events were sent before.");
});

test("events sent with another key are held back, counted apart, and sent if the user says so", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  await visit.choose({ name: "a.ndjson", text: ndjson(ROWS.slice(0, 3)) });
  await visit.send("key-of-one-environment");
  await visit.receipt();
  await visit.press("Check other files");
  await visit.choose({ name: "b.ndjson", text: ndjson(ROWS.slice(3, 5)) });
  await visit.send("key-of-another");
  await visit.receipt();
  await visit.press("Check other files");

  const all = { name: "c.ndjson", text: ndjson(ROWS.slice(0, 6)) };
  await visit.choose(all);
  await sendKnown(visit, "5 of 6 events were sent before.", "key-of-another");
  const text = await visit.text();
  expect(text).toMatch(/3 events were sent from this browser to 127\.0\.0\.1:\d+ before with another SDK key\./);
  expect(text).toMatch(/2 events were sent from this browser to 127\.0\.0\.1:\d+ before, or may have been\./);
  await visit.press("Send 1 event");
  await visit.heading("1 event was accepted, 5 were held back.");
  expect(await visit.text()).toContain("3 held back: sent with another SDK key");
  expect(sandbox.ledger()).toHaveLength(6);

  await visit.press("Send 3 events with this key, too…");
  await visit.heading("All 6 events were sent before.");
  const again = visit.page.getByLabel("Send all 6 events again all the same");
  await again.check();
  await visit.page.getByRole("button", { name: "Send 6 events" }).waitFor();
  await again.uncheck();
  await visit.page.getByLabel("Send these 3 events with this key, too").check();
  await visit.press("Send 3 events");
  await visit.heading("3 events were accepted, 3 were held back.");
  expect(keysIn(sandbox).slice(6)).toEqual(["user-0", "user-1", "user-2"]);

  await visit.press("Check other files");
  await visit.choose(all);
  await sendKnown(visit, "All 6 events were sent before.", "key-of-another");
  expect(await visit.text()).not.toContain("another SDK key");
});

test("a decision can be changed until it is carried out", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "reset", take: true }]);
  const visit = await open({ endpoint: await startFront(sandbox.endpoint) });
  await visit.chooseExample();
  await visit.send();
  await visit.receipt();
  await visit.reload();
  for (const [button, word] of [
    ["Decide…", "accepted"],
    ["Change what you decided…", "resend"],
    ["Change what you decided…", ""],
    ["Decide…", "drop"],
  ] as const) {
    await visit.press(button);
    await visit.page.getByLabel(/^2 events/).selectOption(word);
    await visit.press("Save these decisions");
    await visit.main.getByText("Your decisions are saved.").waitFor();
    if (word === "accepted") await visit.main.getByText("2 accepted", { exact: true }).waitFor();
    if (word === "resend") await visit.main.getByText("2 events can still be sent").waitFor();
    if (word === "") await visit.main.getByText("Nobody knows whether 2 events arrived").waitFor();
  }
  await visit.reload();
  await visit.press("Change what you decided…");
  expect(await visit.page.getByLabel(/^2 events/).inputValue()).toBe("drop");
  expect(sandbox.posts()).toHaveLength(1);
});

test("the receipt asks about unknown batches: those that arrived count, the others are sent again", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([
    { post: 1, do: "reset", take: true },
    { post: 2, do: "reset" },
  ]);
  const visit = await open({ endpoint: await startFront(sandbox.endpoint) });
  await visit.choose({ name: "many.ndjson", text: ndjson(events(1200)) });
  await visit.send();
  await visit.receipt();
  expect(await visit.states()).toEqual({ accepted: 200, refused: 0, unknown: 1000, unsent: 0 });

  await visit.press("Apply these decisions");
  await visit.main.getByText("Nothing has changed").waitFor();
  await visit.page.getByLabel(/^500 events.* 1 to 500$/).selectOption("accepted");
  await visit.page.getByLabel(/^500 events.* 501 to 1,000$/).selectOption("resend");
  await visit.main.getByText("500 events arrived and 500 events to send again.").waitFor();
  await visit.press("Apply these decisions");
  await visit.heading("All 1,200 events were accepted.");
  expect(new Set(keysIn(sandbox)).size).toBe(1200);
  expect(sandbox.ledger()).toHaveLength(1200);
});

test("unknown batches can be decided about after a reload, and are sent again when the file is chosen", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ post: 1, do: "reset" }]);
  const visit = await open({ endpoint: await startFront(sandbox.endpoint) });
  const file = new Folder().write("many.ndjson", ndjson(events(1200)));
  await visit.choosePaths(file);
  await visit.send();
  await visit.receipt();
  expect(await visit.states()).toEqual({ accepted: 700, refused: 0, unknown: 500, unsent: 0 });

  await visit.reload();
  await visit.main.getByText("Nobody knows whether 500 events arrived").waitFor();
  await visit.press("Decide…");
  await visit.heading("Did these 500 events arrive?");
  await visit.page.getByLabel(/^500 events/).selectOption("resend");
  await visit.press("Save these decisions");
  await visit.main.getByText("Choose many.ndjson again to send the 500 events.").waitFor();
  expect(sandbox.ledger()).toHaveLength(700);

  await visit.choosePaths(file);
  await visit.press(/^Continue with/);
  await visit.page.getByLabel("SDK key").fill(KEY);
  await visit.press("Send what is left");
  await visit.heading("All 1,200 events were accepted.");
  expect(sandbox.ledger()).toHaveLength(1200);
  await visit.press("Check other files");
  await visit.main.getByText("1,200 accepted").waitFor();
  expect(await visit.text()).not.toContain("Nobody knows");
});

test("a decision that events arrived needs no file, and leaves nothing to do", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "reset", take: true }]);
  const visit = await open({ endpoint: await startFront(sandbox.endpoint) });
  await visit.chooseExample();
  await visit.send();
  await visit.receipt();
  await visit.reload();
  await visit.press("Decide…");
  await visit.page.getByLabel(/^2 events/).selectOption("accepted");
  await visit.press("Save these decisions");
  await visit.main.getByText("Your decisions are saved.").waitFor();
  await visit.main.getByText("2 accepted", { exact: true }).waitFor();
  expect(await visit.page.getByRole("button", { name: "Decide…" }).count()).toBe(0);

  await visit.chooseExample();
  await sendKnown(visit, "Both events were sent before.");
  expect(sandbox.ledger()).toHaveLength(2);
});

test("a send of other files leaves undecided batches as they are", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ post: 1, do: "reset" }]);
  const visit = await open({ endpoint: await startFront(sandbox.endpoint) });
  await visit.chooseExample();
  await visit.send();
  await visit.receipt();
  await visit.press("Check other files");
  await visit.choose({ name: "other.ndjson", text: ndjson([event(0)]) });
  await visit.send();
  await visit.heading("Your event was accepted.");
  await visit.press("Check other files");
  await visit.main.getByText("Nobody knows whether 2 events arrived").waitFor();
});

test("of two tabs with the same rows one waits for the other, and then has nothing left to send", async () => {
  const server = await HeldServer.start();
  const endpoint = await startFront(server.endpoint);
  const first = await open({ endpoint });
  const second = await first.otherTab();
  await first.choose({ name: "a.ndjson", text: CORRECTED });
  await second.choose({ name: "b.ndjson", text: CORRECTED });
  await first.send();
  await server.posts(1);
  await second.send();
  await second.main.getByText("Another tab of this page is sending").waitFor();
  server.answer(202);
  await server.posts(2);
  server.answer(202);
  await first.heading("All 1,000 events were accepted.");
  await second.heading("All 1,000 events were sent before.");
  expect(server.bodies).toHaveLength(2);
});

test("a tab that waits for another can be stopped, and has sent nothing", async () => {
  const server = await HeldServer.start();
  const endpoint = await startFront(server.endpoint);
  const first = await open({ endpoint });
  const second = await first.otherTab();
  await first.choose({ name: "a.ndjson", text: CORRECTED });
  await second.chooseExample();
  await first.send();
  await server.posts(1);
  await second.send();
  await second.main.getByText("Another tab of this page is sending").waitFor();
  await second.press("Stop");
  await second.heading("Send 2 events");
  expect(server.bodies).toHaveLength(1);
  server.answer(202);
});

test("a tab that waits goes on where the closed one stopped, and no event arrives twice", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "hang", take: true, post: 2 }]);
  const file = new Folder().write("many.ndjson", CORRECTED);
  const first = await open(sandbox);
  const second = await first.otherTab();
  for (const tab of [first, second]) {
    await tab.choosePaths(file);
    await tab.send();
  }
  await second.main.getByText("Another tab of this page is sending").waitFor();
  await expect.poll(() => sandbox.ledger().length, { timeout: 10_000 }).toBe(1000);
  await first.page.close();
  await second.receipt();
  expect(await second.states()).toEqual({ accepted: 500, refused: 0, unknown: 500, unsent: 0 });
  expect(sandbox.ledger()).toHaveLength(1000);

  await second.page.getByLabel(/^500 events/).selectOption("accepted");
  await second.press("Apply these decisions");
  await second.heading("All 1,000 events were accepted.");
  expect(sandbox.ledger()).toHaveLength(1000);
});

test("a receipt is kept, and shown after a reload, from the list of sends, and by Back", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  await visit.choose(WRONG);
  await visit.send();
  await visit.heading("960 of 1,000 events were accepted.");
  await visit.page.reload();
  await visit.heading("960 of 1,000 events were accepted.");
  expect(await visit.states()).toEqual({ accepted: 960, refused: 40, unknown: 0, unsent: 0 });
  expect(await visit.text()).toContain("This browser keeps receipts, but no events");
  expect(await visit.savedReceipt()).toMatchObject({ accepted: 960 });
  expect(await visit.page.getByRole("button", { name: /^Send|^See the check/ }).count()).toBe(0);
  await visit.press("Choose the corrected file");
  await visit.press("See the receipt");
  await visit.heading("960 of 1,000 events were accepted.");
  await visit.page.evaluate(() => history.back());
  await visit.heading("Know what Split would drop.");
  await visit.page.evaluate(() => history.forward());
  await visit.heading("960 of 1,000 events were accepted.");
});

/** Returns all that the browser keeps of the page. */
const kept = ({ page }: Visit) =>
  page.evaluate(async () => [
    ...(await indexedDB.databases()).map(({ name }) => name),
    ...Object.keys(localStorage),
    ...Object.keys(sessionStorage),
  ]);

test("after a reload in the middle the same rows under another name are sent, except those that were under way", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "hang", take: true, post: 2 }]);
  const visit = await open(sandbox);
  const folder = new Folder();
  await visit.choosePaths(folder.write("a.ndjson", CORRECTED));
  await visit.send();
  await expect.poll(() => sandbox.ledger().length, { timeout: 10_000 }).toBe(1000);
  await visit.reload();
  expect(visit.page.asked).toEqual(["beforeunload"]);
  await visit.main.getByText("Nobody knows whether 500 events arrived").waitFor();
  sandbox.setFaults([]);
  const more = ndjson([...ROWS, event(1000), event(1001)]);
  await visit.choosePaths(folder.write("b.ndjson", more));
  await sendKnown(visit, "1,000 of 1,002 events were sent before.");
  await visit.press("Send 2 events");
  await visit.receipt();
  expect(new Set(keysIn(sandbox)).size).toBe(1002);
  expect(sandbox.ledger()).toHaveLength(1002);
});

test("events that were sent under another name meanwhile are not sent when the first file goes on", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "status", status: 503 }]);
  const visit = await open(sandbox);
  const folder = new Folder();
  const first = folder.write("a.ndjson", CORRECTED);
  await visit.choosePaths(first);
  await visit.send();
  await expect.poll(() => sandbox.posts().length, { timeout: 10_000 }).toBeGreaterThan(0);
  await visit.press("Stop");
  await visit.receipt();
  expect(await visit.states()).toEqual({ accepted: 0, refused: 0, unknown: 0, unsent: 1000 });
  sandbox.setFaults([]);
  await visit.press("Check other files");
  await visit.choosePaths(folder.write("b.ndjson", CORRECTED));
  await visit.send();
  await visit.heading("All 1,000 events were accepted.");
  await visit.press("Check other files");
  await visit.choosePaths(first);
  await visit.press(/^Continue with/);
  await visit.press("Send what is left");
  await visit.receipt();
  expect(sandbox.ledger()).toHaveLength(1000);
  expect(await visit.states()).toEqual({ accepted: 0, refused: 0, unknown: 0, unsent: 1000 });
});

test("Forget everything deletes all that is stored, and says what follows", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ post: 1, do: "reset" }]);
  const visit = await open({ endpoint: await startFront(sandbox.endpoint) });
  await visit.choose({ name: "a.ndjson", text: CORRECTED });
  await visit.send();
  await visit.receipt();
  await visit.reload();
  await visit.main.getByText("Nobody knows whether 500 events arrived").waitFor();
  expect((await kept(visit)).sort()).toEqual([
    "split-events-page/history",
    expect.stringMatching(/^split-events-page\/journal\//),
    "split-events-page/ledger",
  ]);

  await visit.press("Forget everything…");
  const dialog = visit.page.getByRole("dialog", { name: "Forget everything?" });
  await dialog.waitFor();
  await visit.page.press("Enter");
  await dialog.waitFor({ state: "detached" });
  expect(await kept(visit)).toHaveLength(3);
  await visit.press("Forget everything…");
  await dialog.getByRole("button", { name: "Forget everything" }).click();
  await visit.main.getByText("Everything is forgotten").waitFor();
  expect(await kept(visit)).toEqual([]);
  expect(await visit.text()).not.toContain("Sent from this browser");

  await visit.choose({ name: "a.ndjson", text: CORRECTED });
  await visit.send();
  await visit.heading("All 1,000 events were accepted.");
});

test("Forget everything deletes what another tab uses, which stops and says so", async () => {
  const server = await HeldServer.start();
  const endpoint = await startFront(server.endpoint);
  const sending = await open({ endpoint });
  const other = await sending.otherTab();
  await sending.choose({ name: "a.ndjson", text: CORRECTED });
  await sending.send();
  await server.posts(1);
  expect(await sending.page.getByRole("button", { name: "Forget everything…" }).isDisabled()).toBe(true);
  await other.press("Forget everything…");
  await other.page.getByRole("dialog").getByRole("button", { name: "Forget everything" }).click();
  await other.main.getByText("Everything is forgotten").waitFor();
  expect(await kept(other)).toEqual([]);

  server.answer(202);
  await sending.receipt();
  expect(server.bodies).toHaveLength(1);
  const text = await sending.text();
  expect(text).toContain("what this page remembers was deleted");
  // those that were accepted would count twice
  expect(text).toContain("Do not choose the same files again");
  expect(await sending.page.getByRole("button", { name: "Send what is left…" }).count()).toBe(0);
  expect(text).toContain(`npx split-events send --endpoint '${endpoint}' -`);
});

test("if the browser keeps nothing, the page says so once, and sends nothing twice until it is left", async () => {
  const sandbox = await startSandbox();
  const before = `IDBFactory.prototype.open = () => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  };`;
  const visit = await open({ ...sandbox, before });
  await visit.chooseExample();
  await visit.press(/^Continue with/);
  await visit.heading("Send 2 events");
  expect(await visit.text()).toContain("This browser keeps nothing for this page");
  await visit.page.getByLabel("SDK key").fill(KEY);
  await visit.press("Send 2 events");
  await visit.receipt();
  await visit.press("Check other files");
  await visit.chooseExample();
  await visit.press(/^Continue with/);
  await visit.heading("Send 2 events");
  expect(await visit.text()).not.toContain("This browser keeps nothing");
  await visit.press("Send 2 events");
  await visit.heading("Both events were sent before.");
  expect(sandbox.ledger()).toHaveLength(2);
});
