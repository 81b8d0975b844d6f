import { createSandbox } from "split-events-sandbox";
import { makeImport, markOf, numberOf, SIZE } from "./import.ts";
import type { Place } from "./places/place.ts";

/** What became of one batch whose connection died after the server had read it. */
export interface Repeat {
  /** How often the server read it. */
  posts: number;
  /** How often its first event is in the ledger. */
  taken: number;
  /** How often the program was told an end of it, and what it was told last. */
  told: number;
  state: string;
}

/** The second of three batches is taken and cut, on the connection that the first one used. */
export async function cutReused(place: Place): Promise<Repeat> {
  const { input } = makeImport(3);
  const sandbox = await createSandbox();
  try {
    sandbox.setFaults([{ contains: markOf(1), times: 1, do: "reset", take: true }]);
    const { receipt } = await place.perform({
      input,
      options: { endpoint: `${sandbox.url}/api/events/bulk`, maxEvents: SIZE, concurrency: 1 },
    });
    const batch = receipt.batches[1];
    const taken = sandbox.ledger().filter(({ event }) => numberOf(event) === SIZE).length;
    return {
      posts: sandbox.posts().length - 2,
      taken,
      told: batch?.attempts.length ?? 0,
      state: batch?.state ?? "",
    };
  } finally {
    await sandbox.close();
  }
}
