import { expect, test } from "vitest";
import { startSandbox } from "../../support/sandbox.js";
import { useVisits } from "./visit.js";

const open = useVisits();

test("the documentation's two events are repaired, accepted, and arrive with timestamps in milliseconds", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);

  await visit.chooseExample();
  await visit.heading("Both events needed a repair, and got it.");
  expect(await visit.figure("events")).toBe(2);
  expect(await visit.figure("repaired")).toBe(2);
  expect(await visit.issue("timestamp_seconds").innerText()).toContain("2 ×");
  expect(await visit.issue("timestamp_string").innerText()).toContain("2 ×");
  expect(await visit.figure("warned")).toBe(2);
  expect(await visit.issue("timestamp_old").innerText()).toContain("2 ×");

  await visit.send();
  await visit.heading("Both events were accepted.");
  expect(await visit.states()).toEqual({ accepted: 2, refused: 0, unknown: 0, unsent: 0 });
  const taken = sandbox.ledger().map(({ event }) => event as { key: string; timestamp: unknown });
  expect(taken.map(({ key, timestamp }) => [key, timestamp])).toEqual([
    ["Liam", 1645557823000],
    ["Ava", 1645557824000],
  ]);
});

test("nothing leaves the page's own server before Send is pressed", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);

  await visit.chooseExample();
  await visit.press(/^Continue with/);
  await visit.page.getByLabel("SDK key").fill("some-key");
  expect(sandbox.posts()).toEqual([]);
  expect(sandbox.ledger()).toEqual([]);
  const foreign = async () => (await visit.requests()).filter((address) => !address.startsWith(`${visit.origin}/`));
  expect(await foreign()).toEqual([]);

  await visit.press("Send 2 events");
  await visit.receipt();
  await expect.poll(foreign).toEqual([sandbox.endpoint]);
  expect(sandbox.posts()).toHaveLength(1);
});

test("without an address in the link the page shows the service's own, without a warning", async () => {
  const visit = await open();
  await visit.chooseExample();
  await visit.press(/^Continue with/);
  expect(await visit.page.getByLabel("Address of the service").inputValue()).toBe(
    "https://events.split.io/api/events/bulk",
  );
  expect(await visit.text()).not.toContain("This is not Split’s own address");
});

test("the page warns of an address from the link before the key goes there", async () => {
  const visit = await open({ endpoint: "https://elsewhere.example/api/events/bulk" });
  await visit.chooseExample();
  await visit.press(/^Continue with/);
  await visit.heading(/^Send /);
  expect(await visit.text()).toContain(
    "This is not Split’s own address: your key and your events go to elsewhere.example. This address came with the link",
  );
  await visit.page.getByLabel("Address of the service").fill("https://typed.example/");
  const text = await visit.text();
  expect(text).toContain("your key and your events go to typed.example.");
  expect(text).not.toContain("came with the link");
});

test("a wrong key or address is explained at its field, and nothing is sent", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  await visit.chooseExample();

  await visit.send("");
  const key = visit.page.getByLabel("SDK key");
  await visit.page.getByText("The SDK key is missing").waitFor();
  expect(await key.getAttribute("aria-invalid")).toBe("true");
  expect(await key.evaluate((field) => field === document.activeElement)).toBe(true);

  await key.fill("a key with spaces");
  await visit.press("Send 2 events");
  await visit.page.getByText("has a space").waitFor();

  await key.fill("good-key");
  await visit.page.getByLabel("Address of the service").fill("ftp://127.0.0.1/");
  await visit.press("Send 2 events");
  await visit.page.getByText("The address must be an http or https address").waitFor();
  expect(sandbox.posts()).toEqual([]);
});
