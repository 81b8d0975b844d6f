import { readFileSync } from "node:fs";
import type { Receipt, Report } from "split-events";
import { directoryStore } from "split-events/stores/directory";
import { expect, onTestFinished, test } from "vitest";
import { API_KEY, Cli, runCli, runJson } from "../support/cli.js";
import { type Event, event, events, ndjson, parseNdjson } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { startSandbox } from "../support/sandbox.js";

type Plan = Report & { batches: { events: number }[]; duplicates?: number; otherKey?: number };

const NOW = Date.now();
const all = events(40, { timestamp: NOW - 60_000 });

async function start() {
  const folder = new Folder();
  const sandbox = await startSandbox();
  const ledger = ["--ledger", folder.file("ledger"), "--endpoint", sandbox.endpoint, "--max-events", "7"];
  const send = (name: string, content: string, ...options: string[]) =>
    runJson<Receipt>(["send", folder.write(name, content), ...ledger, ...options]);
  const keys = () => sandbox.ledger().map(({ event }) => (event as Event).key);
  return { folder, sandbox, ledger, send, keys };
}

test("sending the same file again sends nothing, and says why, in JSON and in words", async () => {
  const { folder, sandbox, ledger, send } = await start();
  expect((await send("june.ndjson", ndjson(all))).code).toBe(0);
  const posts = sandbox.posts().length;
  const again = await send("june.ndjson", ndjson(all));
  expect(again.code).toBe(0);
  expect(again.json).toMatchObject({ accepted: 0, unknown: 0, unsent: 40, duplicates: 40, complete: true });
  expect(again.json.batches.every(({ state, reason }) => state === "unsent" && reason === "duplicate")).toBe(true);
  expect(again.stderr).toMatch(/^split-events: nothing was sent: the ledger knows all of these events/);
  const words = await runCli(["send", folder.file("june.ndjson"), ...ledger]);
  expect(words.stdout).toContain("40 held back: sent before, or may have been");
  expect(words.stdout).not.toContain("without harm");
  expect(sandbox.posts()).toHaveLength(posts);
});

test("duplicates alone never raise the exit code, and hide no other reason for one", async () => {
  const { sandbox, send } = await start();
  await send("june.ndjson", ndjson(all.slice(0, 20)));
  const refused = `${ndjson(all.slice(0, 20))}{"key":1}\n`;
  expect((await send("refused.ndjson", refused)).code).toBe(1);
  expect((await send("more.ndjson", ndjson(all.slice(0, 30)))).code).toBe(0);
  sandbox.setFaults([{ do: "status", status: 401 }]);
  const stopped = await send("all.ndjson", ndjson([...all, event(41), event(42), event(43), event(44), event(45)]));
  expect(stopped.json).toMatchObject({ duplicates: 30 });
  expect(stopped.json.unsent).toBeGreaterThan(30);
  expect(stopped.code).toBe(3);
});

test("of events in another order or form, or among others, only the new ones are sent", async () => {
  const { send, keys } = await start();
  await send("a.ndjson", ndjson(all.slice(0, 30)));
  const shuffled = [...all].sort((a, b) => (a.key > b.key ? -1 : 1));
  const { json } = await send("b.json", `[${shuffled.map((one) => JSON.stringify(one)).join(",")}]`);
  expect(json).toMatchObject({ accepted: 10, unsent: 30, duplicates: 30 });
  expect(keys().sort()).toEqual(all.map(({ key }) => key).sort());
});

test("repaired events are known by the bytes that were sent, from the same file or from a repaired one", async () => {
  const { sandbox, send } = await start();
  const seconds = all.map((one) => ({ ...one, timestamp: Math.floor(one.timestamp / 1000), trafficTypeName: "User" }));
  const first = await send("seconds.ndjson", ndjson(seconds));
  expect(first.json).toMatchObject({ accepted: 40, repaired: 40 });
  expect((await send("seconds.ndjson", ndjson(seconds))).json).toMatchObject({ accepted: 0, duplicates: 40 });
  const sent = sandbox.ledger().map(({ event }) => event);
  expect((await send("sent.ndjson", ndjson(sent))).json).toMatchObject({ accepted: 0, clean: 40, duplicates: 40 });
});

test("identical events of one file are all sent, and of more copies later only the additional ones", async () => {
  const { send, keys } = await start();
  const one = event(0, { timestamp: NOW });
  expect((await send("three.ndjson", ndjson([one, one, one]))).json).toMatchObject({ accepted: 3, duplicates: 0 });
  expect((await send("five.ndjson", ndjson([one, one, one, one, one]))).json).toMatchObject({
    accepted: 2,
    duplicates: 3,
  });
  expect(keys()).toHaveLength(5);
});

test("refused and unsent events are sent when they come again, unknown ones are not", async () => {
  const { sandbox, send } = await start();
  sandbox.setFaults([
    { post: 2, do: "status", status: 400 },
    { post: 3, do: "reset", take: true },
    { post: 4, do: "status", status: 401 },
  ]);
  const first = await send("june.ndjson", ndjson(all), "--concurrency", "1");
  expect(first.json).toMatchObject({ accepted: 7, unknown: 7, refused: 14, unsent: 12 });
  sandbox.setFaults([]);
  const again = await send("june.ndjson", ndjson(all));
  expect(again.json).toMatchObject({ accepted: 26, duplicates: 14 });
  expect(sandbox.ledger()).toHaveLength(40);
});

test("after a crash the file, without its journal, sends only the events that were not under way", async () => {
  const { folder, sandbox, ledger, send, keys } = await start();
  sandbox.setFaults([{ post: 3, do: "hang", take: true }]);
  const path = folder.write("june.ndjson", ndjson(all));
  const cli = new Cli(["send", path, ...ledger, "--concurrency", "1"]);
  await expect.poll(() => sandbox.ledger().length, { timeout: 20_000 }).toBe(21);
  cli.child.kill("SIGKILL");
  await cli.done;
  const { json } = await send("june.ndjson", ndjson(all));
  expect(json).toMatchObject({ accepted: 19, duplicates: 21 });
  expect(keys().sort()).toEqual(all.map(({ key }) => key).sort());
});

test("resume goes on with the ledger of the import, and its own events are no duplicates", async () => {
  const { folder, sandbox, ledger, send } = await start();
  sandbox.setFaults([{ post: 3, do: "status", status: 401 }]);
  const first = await send("june.ndjson", ndjson(all), "--journal", folder.file("j"), "--concurrency", "1");
  expect(first.json).toMatchObject({ accepted: 14, refused: 7, unsent: 19 });
  const { json } = await runJson<Receipt>(["resume", "--journal", folder.file("j")]);
  expect(json).toMatchObject({ accepted: 40, refused: 0, unsent: 0, duplicates: 0 });
  const again = await runJson<Receipt>(["send", folder.file("june.ndjson"), ...ledger]);
  expect(again.json).toMatchObject({ accepted: 0, duplicates: 40 });
});

test("--ledger-days forgets older events, and refuses what is no number of days", async () => {
  const { folder, ledger, send } = await start();
  await send("june.ndjson", ndjson(all));
  expect((await send("june.ndjson", ndjson(all), "--ledger-days", "0.00000001")).json).toMatchObject({ accepted: 40 });
  const wrong = await runCli(["send", folder.file("june.ndjson"), ...ledger, "--ledger-days", "0"]);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("--ledger-days must") });
});

test("events that another import has delivered since are not sent when a stopped import goes on", async () => {
  const { folder, sandbox, send, keys } = await start();
  sandbox.setFaults([{ do: "status", status: 503 }]);
  const journal = folder.file("journal");
  const first = await send("june.ndjson", ndjson(all), "--journal", journal, "--retries", "0");
  expect(first.json).toMatchObject({ accepted: 0, unknown: 0, unsent: 40 });
  sandbox.setFaults([]);
  expect((await send("renamed.ndjson", ndjson(all.slice(0, 12)))).json).toMatchObject({ accepted: 12 });
  const { json } = await runJson<Receipt>(["resume", "--journal", journal]);
  expect(json).toMatchObject({ accepted: 28, unknown: 0, unsent: 12, duplicates: 12 });
  expect(keys().sort()).toEqual(all.map(({ key }) => key).sort());
});

test("events sent to one endpoint are not held back from another, and the query of an endpoint does not matter", async () => {
  const { folder, ledger, send } = await start();
  const live = await startSandbox();
  expect((await send("june.ndjson", ndjson(all))).json).toMatchObject({ accepted: 40 });
  const args = ["send", folder.file("june.ndjson"), ...ledger.slice(0, 2), "--endpoint"];
  const first = await runJson<Receipt>([...args, `${live.endpoint}?from=june`]);
  expect(first).toMatchObject({ code: 0, json: { accepted: 40, duplicates: 0, otherKey: 0 } });
  const again = await runJson<Receipt>([...args, live.endpoint]);
  expect(again.json).toMatchObject({ accepted: 0, duplicates: 40, otherKey: 0 });
  expect(live.ledger()).toHaveLength(40);
});

test("under another key the same events are held back and counted apart, in plan and receipt, and --resend other-key sends them", async () => {
  const { folder, sandbox, ledger, send } = await start();
  await send("june.ndjson", ndjson(all.slice(0, 30)));
  const path = folder.write("june.ndjson", ndjson(all));
  const other = { env: { SPLIT_API_KEY: "a-key-for-tests" } };

  const plan = await runJson<Plan>(["plan", path, ...ledger], other);
  expect(plan.json).toMatchObject({ events: 40, duplicates: 0, otherKey: 30 });
  expect(plan.json.batches.reduce((sum, { events }) => sum + events, 0)).toBe(10);
  expect((await runCli(["plan", path, ...ledger], other)).stdout).toMatch(
    /30 events would be held back: .*another key/,
  );
  // without a key nothing can be told apart
  const keyless = await runJson<Plan>(["plan", path, ...ledger], { env: { SPLIT_API_KEY: undefined } });
  expect(keyless.json).toMatchObject({ duplicates: 30 });
  expect(keyless.json).not.toHaveProperty("otherKey");

  const unsent = folder.file("unsent");
  const held = await runJson<Receipt>(["send", path, ...ledger, "--unsent", unsent], other);
  expect(held.code).toBe(3);
  expect(held.json).toMatchObject({ accepted: 10, unsent: 30, duplicates: 0, otherKey: 30, complete: true });
  expect(new Set(held.json.batches.map(({ reason }) => reason))).toEqual(new Set([undefined, "other_key"]));
  const lines = parseNdjson<{ reasons: { code: string }[] }>(readFileSync(unsent, "utf8"));
  expect(lines.map(({ reasons }) => reasons[0]?.code)).toEqual(Array(30).fill("other_key"));
  // nothing is left for resume
  expect(held.stderr).not.toContain("split-events resume");
  const words = await runCli(["send", path, ...ledger], other);
  expect(words.stdout).toContain(
    "10 held back: sent before, or may have been; 30 held back: sent with another SDK key",
  );
  expect(words.stdout).toContain("--resend other-key");

  const resend = ["--resend", "other-key"];
  expect((await runJson<Plan>(["plan", path, ...ledger, ...resend], other)).json).toMatchObject({
    duplicates: 10,
    otherKey: 0,
  });
  const sent = await runJson<Receipt>(["send", path, ...ledger, ...resend], other);
  expect(sent.json).toMatchObject({ accepted: 30, duplicates: 10, otherKey: 0 });
  expect((await runJson<Receipt>(["send", path, ...ledger, ...resend], other)).json).toMatchObject({ duplicates: 40 });
  expect(sandbox.ledger()).toHaveLength(70);
});

test("--resend is refused without a ledger and with another word", async () => {
  const { folder, ledger } = await start();
  const path = folder.write("june.ndjson", ndjson(all));
  for (const command of ["send", "plan"]) {
    expect(await runCli([command, path, "--resend", "other-key"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--resend does nothing without --ledger"),
    });
    expect(await runCli([command, path, ...ledger, "--resend", "all"])).toMatchObject({ code: 2 });
  }
});

test("an import that goes on with another key and endpoint sends nothing twice, and its events are known of both keys", async () => {
  const { folder, sandbox, ledger, send } = await start();
  await send("before.ndjson", ndjson(all.slice(0, 10)));
  sandbox.setFaults([{ post: 4, do: "status", status: 401 }]);
  const journal = ["--journal", folder.file("j")];
  const other = { env: { SPLIT_API_KEY: "a-key-for-tests" } };
  const args = ["send", folder.write("june.ndjson", ndjson(all)), ...ledger, ...journal, "--concurrency", "1"];
  const first = await runJson<Receipt>(args, other);
  expect(first.json).toMatchObject({ otherKey: 10, duplicates: 0 });
  expect(first.json.accepted).toBeGreaterThan(0);
  // the first key again: what was held back for the other one is known under this one
  const resumed = await runJson<Receipt>(["resume", ...journal]);
  expect(resumed.json).toMatchObject({ accepted: 30, unsent: 10, unknown: 0 });
  expect(resumed.json.duplicates + resumed.json.otherKey).toBe(10);
  expect(sandbox.ledger()).toHaveLength(40);
  const elsewhere = await startSandbox();
  const trial = ["send", folder.file("june.ndjson"), ...ledger.slice(0, 2), "--endpoint", elsewhere.endpoint];
  expect((await runJson<Receipt>(trial)).json).toMatchObject({ accepted: 40 });
});

test("ledger and journal hold neither the key nor a digest that another import of the same key shares", async () => {
  const { folder, send } = await start();
  await send("a.ndjson", ndjson(all.slice(0, 5)));
  await send("b.ndjson", ndjson(all.slice(5, 10)));
  const store = await directoryStore(folder.file("ledger"));
  onTestFinished(() => store.close());
  const digests: string[] = [];
  for await (const [, value] of store.entries()) {
    expect(Buffer.from(value).includes(API_KEY)).toBe(false);
    digests.push(Buffer.from(value.subarray(24, 28)).toString("hex"));
  }
  expect(digests).toHaveLength(2);
  expect(new Set(digests).size).toBe(2);
});

test("resume holds back what another import delivered of a batch of which a part was taken", async () => {
  const { folder, sandbox, ledger, send, keys } = await start();
  const twenty = ndjson(all.slice(0, 20));
  const journal = ["--journal", folder.file("journal")];
  const whole = ["--max-events", "20", "--concurrency", "1", "--retries", "0"];
  sandbox.setFaults([
    { post: 1, do: "status", status: 413 },
    { post: 3, do: "status", status: 503 },
  ]);
  expect((await send("june.ndjson", twenty, ...journal, ...whole)).json).toMatchObject({ accepted: 10, unsent: 10 });
  sandbox.setFaults([]);
  expect((await send("again.ndjson", twenty)).json).toMatchObject({ accepted: 10, duplicates: 10 });
  const resumed = await runJson<Receipt>(["resume", ...journal, ...ledger.slice(2, 4)]);
  expect(resumed.json).toMatchObject({ events: 20, accepted: 10, unsent: 10, duplicates: 10 });
  expect(resumed.code).toBe(0);
  expect(keys().sort()).toEqual(
    all
      .slice(0, 20)
      .map(({ key }) => key)
      .sort(),
  );
});

test("what may have been taken and is sent again stays unknown until it is accepted, and in the ledger", async () => {
  const { folder, sandbox, ledger, send, keys } = await start();
  const endpoint = ledger.slice(2, 4);
  for (const status of [503, 400, 401]) {
    sandbox.reset();
    const own = ["--journal", folder.file(`journal-${status}`)];
    const file = ndjson(all.slice(0, 4).map((one) => ({ ...one, key: `${one.key}-${status}` })));
    sandbox.setFaults([{ post: 1, do: "reset", take: true }]);
    expect((await send(`${status}.ndjson`, file, ...own)).json).toMatchObject({ unknown: 4 });
    await runCli(["resolve", ...own, "--all", "--as", "resend"]);
    sandbox.setFaults([{ do: "status", status }]);
    const resumed = await runJson<Receipt>(["resume", ...own, ...endpoint, "--retries", "0"]);
    expect(resumed.json).toMatchObject({ accepted: 0, refused: 0, unknown: 4, unsent: 0 });
    sandbox.setFaults([]);
    expect((await send(`${status}.ndjson`, file)).json).toMatchObject({ accepted: 0, duplicates: 4 });
    expect(keys()).toHaveLength(4);
  }
});
