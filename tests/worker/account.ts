import type { Sandbox } from "split-events-sandbox";
import { expect, vi } from "vitest";
import type { Admin } from "./admin.js";

const PATIENCE_MS = 20_000;

/**
 * Asserts that every key that was answered 202 is in the ledger once, unknown, or refused. An unknown one may be in the
 * ledger once. Returns how many there are of each.
 */
export async function account(keys: readonly string[], sandbox: Pick<Sandbox, "ledger">, admin: Admin) {
  const until = Date.now() + PATIENCE_MS;
  const late = () => Date.now() > until;
  const look = async () => {
    const ledger = sandbox.ledger().map(({ event }) => (event as { key: string }).key);
    const unknown = new Set(await admin.keysOf(await admin.batches("unknown")));
    const refused = new Set(await admin.keysOf(await admin.batches("refused")));
    const taken = new Set(ledger);
    const lost = keys.filter((key) => !taken.has(key) && !unknown.has(key) && !refused.has(key)).length;
    return { taken, unknown, refused, lost, twice: ledger.length - taken.size };
  };
  // events of others may be counted as taken while these are in a queue
  const { taken, unknown, refused, lost, twice } = await vi.waitUntil(
    async () => {
      const found = await look();
      return found.lost === 0 || late() ? found : undefined;
    },
    { timeout: PATIENCE_MS * 2, interval: 200 },
  );
  expect({ lost, twice }).toEqual({ lost: 0, twice: 0 });
  const accepted = keys.filter((key) => taken.has(key) && !unknown.has(key)).length;
  return { accepted, unknown: unknown.size, refused: refused.size };
}
