import { beforeAll, describe, expect, test } from "vitest";
import { type Ran, run } from "./cell.ts";
import { fail } from "./fail.ts";
import { type Failing, failures, wrongName } from "./failures.ts";
import { type Place, repeats } from "./places/place.ts";
import { cutReused } from "./repeat.ts";
import { cells } from "./rows.ts";

const CONCURRENCY = 4;

/** Starts one runtime for the tests of a file. */
export function usePlace(start: () => Promise<Place>): () => Place {
  let place: Place | undefined;
  beforeAll(async () => {
    place = await start();
    return () => place?.close();
  });
  return () => place as Place;
}

/** Tests the fault matrix in one runtime. Each cell is sent once, and both groups of tests use it. */
export function matrix(place: () => Place): void {
  const ran = new Map<string, Promise<Ran>>();
  const rows = cells(CONCURRENCY);
  const once = (cell: (typeof rows)[number]) => {
    const running = ran.get(cell.name) ?? run(cell, place());
    ran.set(cell.name, running);
    return running;
  };

  describe("the receipt agrees with the ledger", () => {
    test.concurrent.each(rows)("$name", async (cell) => {
      const { lost, duplicated, wrong, inPause, sums } = (await once(cell)).verdict;
      expect({ lost, duplicated, wrong, inPause, sums }).toEqual({
        lost: 0,
        duplicated: 0,
        wrong: 0,
        inPause: 0,
        sums: [],
      });
    });
  });

  describe("every batch ends as documented", () => {
    test.concurrent.each(rows)("$name", async (cell) => {
      expect((await once(cell)).otherwise).toEqual([]);
    });
  });

  test("if a connection breaks when it is used again, only browsers and Deno repeat the POST", async () => {
    const seen = await cutReused(place());
    expect(seen).toEqual(
      repeats(place().name)
        ? { posts: 2, taken: 2, told: 1, state: "accepted" }
        : { posts: 1, taken: 1, told: 1, state: "unknown" },
    );
  });
}

/** Tests what a failed request proves in one runtime, with each case provoked. */
export function certain(place: () => Place): void {
  test.concurrent.each(failures)("$name", (failing) => expectSaid(failing, place()));
}

/** Does the same for a runtime that trusts the tests' certificate. */
export function certainOfNames(trusting: () => Place): void {
  test(wrongName.name, () => expectSaid(wrongName, trusting()));
}

async function expectSaid(failing: Failing, place: Place): Promise<void> {
  const { receipt, seen } = await fail(failing, place);
  const [state, reason] = failing.says(place.name);
  expect(receipt.batches.map((batch) => [batch.state, batch.reason])).toEqual([[state, reason]]);
  expect(receipt.batches[0]?.attempts).toHaveLength(1);
  const { posts, taken, leaves = false } = failing;
  expect(seen).toEqual({ posts, taken, left: leaves });
}
