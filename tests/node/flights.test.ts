import type { Receipt } from "split-events";
import { expect, test } from "vitest";
import { runJson } from "../support/cli.js";
import type { Event } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { startSandbox } from "../support/sandbox.js";
import { writeFlights } from "./flights.js";

const PATIENCE_MS = 300_000;

test("200,000 flights arrive once each, in batches within both caps", { timeout: PATIENCE_MS }, async () => {
  const sandbox = await startSandbox();
  const path = new Folder().file("flights.ndjson");
  const sent = await writeFlights(path, Date.now());
  expect(sent).toHaveLength(200_000);

  const { code, json } = await runJson<Receipt>(["send", path, "--endpoint", sandbox.endpoint]);
  expect(code).toBe(0);
  expect(json).toMatchObject({ events: 200_000, clean: 200_000, accepted: 200_000, refused: 0, unknown: 0, unsent: 0 });

  const posts = sandbox.posts();
  expect(posts.filter(({ events, bytes }) => (events ?? 0) > 500 || bytes > 1_000_000)).toEqual([]);
  expect(posts).toHaveLength(400);
  expect(json.batches).toHaveLength(400);

  const ledger = sandbox.ledger();
  const arrived = new Map(ledger.map(({ event, raw }) => [(event as Event).key, raw]));
  expect([ledger.length, arrived.size]).toEqual([200_000, 200_000]);
  expect(sent.filter((event) => arrived.get(event.key) !== JSON.stringify(event))).toEqual([]);
});
