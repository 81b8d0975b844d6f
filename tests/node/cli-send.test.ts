import { readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { Receipt } from "split-events";
import { expect, test } from "vitest";
import { API_KEY, Cli, runCli, runJson } from "../support/cli.js";
import { type Event, event, events, ndjson, parseNdjson } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { HeldServer } from "../support/held-server.js";
import { startSandbox } from "../support/sandbox.js";

const EXAMPLE = "tests/data/sending-event-data.json";

interface Undelivered {
  index: number;
  line: number;
  byteOffset: number;
  file: string;
  reasons: { code: string; path: string; message: string }[];
  event: Event;
}

function undelivered(path: string): Undelivered[] {
  return parseNdjson<Undelivered>(readFileSync(path, "utf8"));
}

function sum({ accepted, refused, unknown, unsent }: Receipt): number {
  return accepted + refused + unknown + unsent;
}

/** An endpoint of a port that nobody listens on. */
async function deadEndpoint(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/api/events/bulk`;
}

test("the documentation's example arrives repaired: milliseconds, as numbers", async () => {
  const sandbox = await startSandbox();
  const { code, json, stderr } = await runJson<Receipt>(["send", EXAMPLE, "--endpoint", sandbox.endpoint]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(json).toMatchObject({
    events: 2,
    clean: 0,
    repaired: 2,
    refused: 0,
    accepted: 2,
    unknown: 0,
    unsent: 0,
    refusedBy: { check: 0, service: 0 },
    complete: true,
    batches: [{ events: 2, state: "accepted", attempts: [{ status: 202 }] }],
  });
  const [batch] = json.batches;
  expect(batch).toMatchObject({ from: { index: 0, line: 1 }, to: { index: 1, line: 2 } });
  expect(batch?.bytes).toBe(sandbox.posts()[0]?.bytes);
  expect(sandbox.ledger().map(({ event }) => (event as Event).timestamp)).toEqual([1645557823000, 1645557824000]);
});

test("without --json the receipt says in words that all was accepted", async () => {
  const sandbox = await startSandbox();
  const { code, stdout, stderr } = await runCli(["send", EXAMPLE, "--endpoint", sandbox.endpoint]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.split("\n")[0]).toBe("2 events: 2 accepted (2 repaired)");
  expect(stdout).toMatch(/^accepted +2 /m);
});

test("an event that the check refuses is not sent, the others are: exit 1", async () => {
  const sandbox = await startSandbox();
  const input = ndjson([event(0), event(1, { key: "" }), event(2)]);
  const { code, json } = await runJson<Receipt>(["send", "-", "--endpoint", sandbox.endpoint], { input });
  expect(code).toBe(1);
  expect(json).toMatchObject({ events: 3, accepted: 2, refused: 1, refusedBy: { check: 1, service: 0 } });
  expect(sandbox.ledger().map(({ event }) => (event as Event).key)).toEqual(["user-0", "user-2"]);
});

test("events that the service refuses are counted apart: exit 1", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ post: 1, do: "status", status: 400 }]);
  const input = ndjson([event(0, { key: "" }), event(1)]);
  const { code, json } = await runJson<Receipt>(["send", "-", "--endpoint", sandbox.endpoint], { input });
  expect(code).toBe(1);
  expect(json).toMatchObject({ events: 2, refused: 2, refusedBy: { check: 1, service: 1 }, unknown: 0, unsent: 0 });
  expect(json.batches).toMatchObject([{ state: "refused", attempts: [{ status: 400 }] }]);
});

test("a batch without an answer is unknown, and exit 3 wins over 1", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ post: 1, do: "reset", take: true }]);
  const input = ndjson([event(0), event(1, { key: "" })]);
  const { code, json } = await runJson<Receipt>(["send", "-", "--endpoint", sandbox.endpoint], { input });
  expect(code).toBe(3);
  expect(json).toMatchObject({ accepted: 0, refused: 1, unknown: 1, unsent: 0 });
  expect(sandbox.posts()).toHaveLength(1);
  expect(sandbox.ledger()).toHaveLength(1);
});

test("--timeout gives up on an answer that does not come", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ post: 1, do: "hang" }]);
  const args = ["send", "-", "--timeout", "300", "--endpoint", sandbox.endpoint];
  const { code, json } = await runJson<Receipt>(args, { input: ndjson(events(1)) });
  expect(code).toBe(3);
  expect(json).toMatchObject({ unknown: 1, batches: [{ state: "unknown", reason: "timeout" }] });
});

test("an endpoint that refuses connections: everything unsent, one line that names it, exit 3", async () => {
  const endpoint = await deadEndpoint();
  const path = new Folder().write("events.ndjson", ndjson(events(1200)));
  const { code, json, stderr } = await runJson<Receipt>(["send", path, "--endpoint", `${endpoint}?secret=1`]);
  expect(code).toBe(3);
  expect(json).toMatchObject({ events: 1200, accepted: 0, refused: 0, unknown: 0, unsent: 1200, complete: true });
  const [line, ...howToGoOn] = stderr.trimEnd().split("\n");
  expect(line).toContain(endpoint);
  // what a query holds is kept nowhere
  expect(howToGoOn).toEqual([expect.stringContaining("--endpoint"), expect.stringContaining("split-events resume")]);
  expect(stderr).not.toContain("secret");
});

test("a key that the service refuses costs one POST; the rest is unsent", async () => {
  const sandbox = await startSandbox();
  for (const status of [401, 403]) {
    sandbox.reset();
    sandbox.setFaults([{ do: "status", status, body: `Bearer ${API_KEY} is not a key of ours` }]);
    const folder = new Folder();
    const path = folder.write("events.ndjson", ndjson(events(1200)));
    const files = ["refused", "unknown", "unsent"].map((state) => ({ state, path: folder.file(state) }));
    const options = files.flatMap(({ state, path }) => [`--${state}`, path]);
    for (const json of [[], ["--json"]]) {
      const { code } = await runCli(["send", path, "--endpoint", sandbox.endpoint, ...options, ...json]);
      expect(code).toBe(3);
    }
    expect(sandbox.posts()).toHaveLength(2);
    expect(sandbox.ledger()).toEqual([]);
    expect(undelivered(folder.file("refused"))).toHaveLength(500);
    expect(undelivered(folder.file("unsent"))).toHaveLength(700);
    for (const { path } of files) {
      expect(readFileSync(path, "utf8")).not.toContain(API_KEY);
      expect(readFileSync(path, "utf8")).not.toMatch(/authorization/i);
    }
  }
});

test("not JSON, or an empty file: the receipt as usual, nothing is posted, exit 2", async () => {
  const sandbox = await startSandbox();
  for (const content of ["", "hello"]) {
    const path = new Folder().write("trouble.json", content);
    const { code, json, stderr } = await runJson<Receipt>(["send", path, "--endpoint", sandbox.endpoint]);
    expect(code).toBe(2);
    expect(json).toMatchObject({ events: 0, accepted: 0, unsent: 0, batches: [] });
    expect(stderr).toMatch(/^split-events: \S+trouble\.json: .+\n$/);
  }
  expect(sandbox.posts()).toEqual([]);
});

test("--refused, --unknown and --unsent hold exactly those events, with place and reasons", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([
    { post: 2, do: "reset", take: true },
    { post: 3, do: "reset", take: true },
    { post: 4, do: "reset", take: true },
  ]);
  const folder = new Folder();
  const all = [...events(3), event(3, { key: "" }), ...events(10).map((_, i) => event(i + 4))];
  const path = folder.write("events.ndjson", ndjson(all));
  const [refused, unknown, unsent] = [folder.file("r"), folder.file("u"), folder.file("n")];
  const { code, json } = await runJson<Receipt>([
    ...["send", path, "--endpoint", sandbox.endpoint, "--max-events", "2", "--concurrency", "1"],
    ...["--refused", refused, "--unknown", unknown, "--unsent", unsent],
  ]);
  expect(code).toBe(3);
  expect(json).toMatchObject({ events: 14, accepted: 2, refused: 1, unknown: 6, unsent: 5 });
  expect(undelivered(refused)).toMatchObject([
    { index: 3, line: 4, file: path, reasons: [{ code: "key_empty", path: "key" }], event: all[3] },
  ]);
  expect(undelivered(unknown).map(({ index }) => index)).toEqual([2, 4, 5, 6, 7, 8]);
  expect(undelivered(unsent).map(({ index }) => index)).toEqual([9, 10, 11, 12, 13]);
  for (const { index, line, byteOffset, event, reasons } of [...undelivered(unknown), ...undelivered(unsent)]) {
    expect(event).toEqual(all[index]);
    expect(line).toBe(index + 1);
    expect(readFileSync(path).subarray(byteOffset).toString()).toMatch(/^\{"eventTypeId"/);
    expect(reasons[0]?.code).toEqual(expect.any(String));
  }

  sandbox.reset();
  const again = parseNdjson<Undelivered>(readFileSync(unsent, "utf8")).map(({ event }) => event);
  const rest = await runCli(["send", "-", "--endpoint", sandbox.endpoint], { input: ndjson(again) });
  expect(rest.code).toBe(0);
  expect(sandbox.ledger().map(({ event }) => event)).toEqual(all.slice(9));
});

test("the files of undelivered events are empty if all were delivered", async () => {
  const sandbox = await startSandbox();
  const folder = new Folder();
  const [refused, unsent] = [folder.write("refused", "from last time\n"), folder.file("unsent")];
  const args = ["send", EXAMPLE, "--endpoint", sandbox.endpoint, "--refused", refused, "--unsent", unsent];
  expect((await runCli(args)).code).toBe(0);
  expect(readFileSync(refused, "utf8")).toBe("");
  expect(readFileSync(unsent, "utf8")).toBe("");
});

test("a send that never began leaves these files as they were", async () => {
  const folder = new Folder();
  const old = folder.write("refused", "from last time\n");
  const fresh = folder.file("unsent");
  const args = ["send", EXAMPLE, "--endpoint", "nowhere", "--refused", old, "--unsent", fresh];
  expect((await runCli(args)).code).toBe(2);
  expect(readFileSync(old, "utf8")).toBe("from last time\n");
  expect(() => readFileSync(fresh)).toThrow(/ENOENT/);
});

test("a file of undelivered events that is the input or another output is wrong usage, and nothing is sent", async () => {
  const sandbox = await startSandbox();
  const folder = new Folder();
  const content = ndjson(events(2));
  const path = folder.write("events.ndjson", content);
  const send = ["send", path, "--endpoint", sandbox.endpoint];
  const clobber = await runCli([...send, "--unsent", `${folder.path}/./events.ndjson`]);
  expect(clobber).toMatchObject({ code: 2, stderr: expect.stringContaining("events.ndjson") });
  expect(readFileSync(path, "utf8")).toBe(content);
  const both = await runCli([...send, "--refused", folder.file("x"), "--unknown", folder.file("x")]);
  expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining("--unknown") });
  expect(sandbox.posts()).toEqual([]);
});

test("a file of undelivered events that cannot be written ends the command before anything is sent", async () => {
  const sandbox = await startSandbox();
  const folder = new Folder();
  for (const path of [folder.path, folder.file("no/such/folder")]) {
    const result = await runCli(["send", EXAMPLE, "--endpoint", sandbox.endpoint, "--refused", path]);
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining(path) });
    expect(result.stderr.trimEnd().split("\n")).toHaveLength(1);
  }
  expect(sandbox.posts()).toEqual([]);
});

test("several files are one import: batches go on from one to the next, and each issue names its file", async () => {
  const sandbox = await startSandbox();
  const folder = new Folder();
  const all = Array.from({ length: 7 }, (_, i) => event(i));
  const a = folder.write("a.ndjson", ndjson([...all.slice(0, 3), event(90, { key: "" })]));
  const b = folder.write("b.json", JSON.stringify([...all.slice(3), event(91, { timestamp: "?" })], null, 1));
  const args = ["send", a, b, "--endpoint", sandbox.endpoint, "--max-events", "5", "--concurrency", "1"];
  const { code, json } = await runJson<Receipt>(args);
  expect(code).toBe(1);
  expect(json).toMatchObject({ events: 9, accepted: 7, refused: 2 });
  expect(json.issues).toMatchObject([
    { code: "key_empty", file: a, index: 3, line: 4 },
    { code: "timestamp_unreadable", file: b, index: 8 },
  ]);
  expect(json.batches).toMatchObject([
    { events: 5, from: { index: 0, line: 1, file: a }, to: { index: 5, file: b } },
    { events: 2, from: { index: 6, file: b }, to: { index: 7, file: b } },
  ]);
  expect(sandbox.ledger().map(({ event }) => event)).toEqual(all);
});

test("batches stay within both caps, as the sandbox counts them, and the states add up", async () => {
  const sandbox = await startSandbox();
  const texts = events(3000).map((_, i) => event(i, { properties: { text: "\u20ac".repeat(i < 1500 ? 0 : i % 100) } }));
  const path = new Folder().write("events.json", JSON.stringify(texts));
  const args = ["send", path, "--endpoint", sandbox.endpoint, "--max-events", "100", "--max-bytes", "20000"];
  const { code, json } = await runJson<Receipt>(args);
  expect(code).toBe(0);
  expect(sum(json)).toBe(json.events);
  const posts = sandbox.posts();
  expect(posts.every(({ events, bytes }) => (events ?? 0) <= 100 && bytes <= 20_000)).toBe(true);
  expect(posts.some(({ events }) => events === 100)).toBe(true);
  expect(posts.some(({ bytes }) => bytes > 19_000)).toBe(true);
  const keys = new Set(sandbox.ledger().map(({ event }) => (event as Event).key));
  expect([keys.size, sandbox.ledger().length]).toEqual([3000, 3000]);
});

test("the key goes to the endpoint as a Bearer token, and comes from the environment", async () => {
  const sandbox = await startSandbox();
  const args = ["send", EXAMPLE, "--endpoint", sandbox.endpoint];
  expect((await runCli(args, { env: { SPLIT_API_KEY: "another-key-altogether" } })).code).toBe(0);
  expect(sandbox.posts()).toMatchObject([{ status: 202 }]);
});

test("if a file vanishes while another is sent, the receipt counts what was sent, and one line names the file", async () => {
  const server = await HeldServer.start();
  const folder = new Folder();
  const [a, b] = [folder.write("a.ndjson", ndjson(events(9))), folder.write("b.ndjson", ndjson(events(3)))];
  const cli = new Cli(["send", a, b, "--endpoint", server.endpoint, "--max-events", "2", "--json"]);
  await server.posts(1);
  rmSync(b);
  server.answer(202);
  const { code, stdout, stderr } = await cli.done;
  expect(code).toBe(3);
  expect(JSON.parse(stdout)).toMatchObject({ events: 9, accepted: 9, unsent: 0, complete: false });
  expect(stderr).toMatch(/^split-events: .*b\.ndjson.*\n.*\n {2}split-events resume .*\n$/);
});
