import type { BatchReceipt, Receipt } from "split-events";
import { leftToSend, refusedByStop } from "split-events/internal/words";
import { expect, test } from "vitest";

function stoppedBy(reason: string): Receipt {
  const batch = { id: "a-1", events: 5, state: "refused", reason } as BatchReceipt;
  return { stopped: { reason }, batches: [batch], unsent: 7, duplicates: 2, otherKey: 1 } as Receipt;
}

test("what a wrong key refused can still be sent, and what was too large cannot", () => {
  expect(refusedByStop(stoppedBy("unauthorized"))).toBe(5);
  expect(leftToSend(stoppedBy("unauthorized"))).toBe(9);
  expect(refusedByStop(stoppedBy("too_large"))).toBe(0);
  expect(leftToSend(stoppedBy("too_large"))).toBe(4);
});
