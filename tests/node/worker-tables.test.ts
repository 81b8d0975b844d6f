import { expect, test } from "vitest";
import { countsTable } from "../../pkg/build/cli/worker/counts-table.js";
import { lettersTable } from "../../pkg/build/cli/worker/tables.js";

const none = { batches: 0, events: 0 };
const totals = (dropped: Record<string, number>) => ({ taken: 20, accepted: 3, dropped });
const held = { planned: none, dispatching: none, unknown: none, refused: none, dead: none };

test("the counts show why events were dropped, the number of shards, and the answer of the service", () => {
  const shards = [
    { shard: 0, up: true, pausedMs: 0, totals: totals({ forgotten: 4, resolved: 0 }), ...held },
    { shard: 1, up: false, error: "no answer in 5 s" },
    { shard: 2, up: true, pausedMs: 0, totals: totals({ over_bound: 6, forgotten: 7 }), ...held },
  ];
  const table = countsTable({ pace: { up: true }, pausedMs: 30_000, pauseReason: "no answer", shards });
  expect(table).toContain("taken 40, accepted 6, dropped 17 (forgotten 11, over_bound 6), in 2 of 3 shards\n");
  expect(table).toContain("all shards pause for 30 s: the service gave no answer\n");
  const answered = countsTable({ pace: { up: true }, pausedMs: 1, pauseReason: "answered 503", shards: [] });
  expect(answered).toContain("all shards pause for 1 s: the service answered 503\n");
  expect(answered).toContain("dropped 0, in 0 shards\n");
});

test("the next page of dead letters keeps the filters of this one", () => {
  expect(lettersTable({ entries: [], next: "a_0-1" }, " --code key_empty")).toContain(
    "the next ones: --after a_0-1 --code key_empty\n",
  );
});
