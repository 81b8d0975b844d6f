import { expect, test } from "vitest";
import { crashes, interrupts } from "../crashes/crashes.ts";
import { KINDS } from "../crashes/source.ts";

test("after 10 kills at random moments no event is lost, none is there twice, and those in flight are unknown", async () => {
  const done = await crashes(10, Math.floor(Math.random() * 1e9));
  expect(new Set(done.map(({ kind }) => kind)).size).toBe(KINDS.length);
  expect(done.reduce((sum, { lost, twice }) => sum + lost + twice, 0)).toBe(0);
}, 300_000);

test("without --journal Ctrl-C at 5 random moments loses no event: the printed command sends the rest and removes the journal", async () => {
  const done = await interrupts(5, Math.floor(Math.random() * 1e9));
  expect(done.filter(({ left }) => left).length).toBeGreaterThanOrEqual(5);
  expect(done.reduce((sum, { lost, again }) => sum + lost + again, 0)).toBe(0);
}, 300_000);
