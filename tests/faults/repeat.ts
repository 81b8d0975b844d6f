import { createSandbox } from "split-events-sandbox";
import { makeImport, markOf, numberOf, SIZE } from "./import.ts";
import type { Place } from "./places/place.ts";

/** The outcome of a batch whose connection broke after the server had read it. */
export interface Repeat {
  /** How often the server read the batch. */
  posts: number;
  /** How often the ledger has its first event. */
  taken: number;
  /** How often the program saw a response, and the last state. */
  told: number;
  state: string;
}

/** Sends three batches. The second is taken and its connection reset, which the first one has used. */
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
