import { readFileSync } from "node:fs";
import { codes } from "split-events";
import type { Sandbox } from "split-events-sandbox";
import { expect, test } from "vitest";
import { startSandbox } from "../support/sandbox.js";
import { EVENT, linesOf, post, statusOf } from "./support.js";

interface Dropped {
  post: number;
  index: number;
  event: unknown;
  codes: string[];
}

const droppedIn = async (sandbox: Sandbox): Promise<Dropped[]> =>
  (await linesOf(sandbox, "/_dropped")).map((line) => JSON.parse(line));

const NAMELESS = { ...EVENT, eventTypeId: "" };

test("the example of Split's documentation is answered 202 and would be dropped", async () => {
  const sandbox = await startSandbox();
  const example = readFileSync(new URL("../data/sending-event-data.json", import.meta.url));
  expect(await statusOf(post(sandbox, example))).toBe(202);
  const dropped = await droppedIn(sandbox);
  const events = JSON.parse(example.toString());
  expect(dropped).toMatchObject([
    { post: 1, index: 0, event: events[0] },
    { post: 1, index: 1, event: events[1] },
  ]);
  const dropping = codes().flatMap(({ code, dropped }) => (dropped ? [code] : []));
  for (const { codes } of dropped) {
    expect(codes.length).toBeGreaterThan(0);
    expect(dropping).toEqual(expect.arrayContaining(codes));
  }
});

test("clean events are not listed", async () => {
  const sandbox = await startSandbox();
  await statusOf(post(sandbox, [EVENT, { ...EVENT, properties: { plan: "free" } }]));
  expect(await droppedIn(sandbox)).toEqual([]);
});

test("each event has the number of its POST and its index in it", async () => {
  const sandbox = await startSandbox();
  await statusOf(post(sandbox, [EVENT, NAMELESS]));
  await statusOf(post(sandbox, [EVENT], { headers: {} }));
  await statusOf(post(sandbox, [NAMELESS, EVENT, 7, null, "x", []]));
  expect((await droppedIn(sandbox)).map(({ post, index }) => [post, index])).toEqual([
    [1, 1],
    [3, 0],
    [3, 2],
    [3, 3],
    [3, 4],
    [3, 5],
  ]);
});

test("all are listed, even if one POST has more of a code than a report lists", async () => {
  const sandbox = await startSandbox();
  const batch = Array.from({ length: 500 }, (_, index) => (index % 5 === 0 ? EVENT : NAMELESS));
  await statusOf(post(sandbox, batch));
  const dropped = await droppedIn(sandbox);
  expect(dropped.map(({ index }) => index)).toEqual(
    batch.flatMap((event, index) => (event === NAMELESS ? [index] : [])),
  );
  expect(new Set(dropped.map(({ codes }) => codes.join())).size).toBe(1);
});

test("only events that were taken are listed", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "status", status: 503 }]);
  await statusOf(post(sandbox, [NAMELESS]));
  expect(await droppedIn(sandbox)).toEqual([]);
});
