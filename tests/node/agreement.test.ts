import { expect, test } from "vitest";
import { compare } from "../agreement/compare.ts";

test("20,000 random events are refused and converted as by the official SDK, except for documented differences", () => {
  const tally = compare(20_000, 20_261_123);
  expect(tally.found).toBeUndefined();
  expect(tally.events).toBe(20_000);
  expect(tally.accepted).toBeGreaterThan(5000);
  expect(tally.refused).toBeGreaterThan(5000);
  for (const [name, count] of Object.entries(tally.differences)) expect(count, name).toBeGreaterThan(0);
});
