import { createSandbox, type PostRecord } from "split-events-sandbox";
import { closedPort } from "../support/closed-port.ts";
import { compare, type Verdict } from "./compare.ts";
import { makeImport, markOf, SIZE } from "./import.ts";
import type { Detour, Result } from "./job.ts";
import { type Place, proves, repeats } from "./places/place.ts";
import type { Cell, Row, Setting, Where } from "./rows.ts";

const BATCHES = 6;

export interface Ran {
  verdict: Verdict;
  /** What is not as docs/DELIVERY.md says. */
  otherwise: string[];
  result: Result;
  posts: PostRecord[];
}

/** Sends an import to a sandbox with the fault of the cell, and compares the receipt with the ledger. */
export async function run({ row, where, concurrency }: Cell, place: Place): Promise<Ran> {
  const sent = makeImport(row.batches ?? BATCHES);
  const setting = {
    batches: sent.batches,
    hit: hitAt(where, sent.batches),
    concurrency,
    proves: proves(place.name),
    place: place.name,
  };
  const sandbox = await createSandbox({
    keepAlive: !(row.kills && repeats(place.name)),
    exposeHeaders: ["retry-after", "date"],
  });
  try {
    const contains = where === "all" ? '"batch-' : markOf(setting.hit);
    if (row.faults) sandbox.setFaults(row.faults(contains));
    const detour = await detourOf(row, contains);
    const result = await place.perform({
      input: sent.input,
      options: {
        endpoint: `${sandbox.url}/api/events/bulk`,
        maxEvents: SIZE,
        concurrency,
        timeoutMs: 20_000,
        retry: { attempts: 4, baseMs: 20, capMs: 100 },
        seed: 1,
        ...row.options,
      },
      ...(detour && { detour }),
    });
    const posts = sandbox.posts();
    const verdict = compare(sent, result, sandbox.ledger(), posts, row.options?.pauseCapMs);
    return { verdict, otherwise: [...otherwise(row, setting, verdict)], result, posts };
  } finally {
    await sandbox.close();
  }
}

const hitAt = (where: Where, batches: number): number =>
  ({ first: 0, middle: Math.floor(batches / 2), last: batches - 1, all: 0 })[where];

async function detourOf({ detour }: Row, contains: string): Promise<Detour | undefined> {
  if (!detour) return undefined;
  const { to, ...times } = detour;
  const host = to === "closed port" ? `127.0.0.1:${await closedPort()}` : "nowhere.invalid";
  return { contains, endpoint: `http://${host}/api/events/bulk`, ...times };
}

function* otherwise(row: Row, setting: Setting, { states, posts }: Verdict): Generator<string> {
  for (let batch = 0; batch < setting.batches; batch += 1) {
    const expected = row.ends(batch, setting);
    const wrong = states.slice(batch * SIZE, (batch + 1) * SIZE).find((state) => !expected.includes(state));
    if (wrong) yield `batch ${batch + 1} is ${wrong}, expected ${expected.join(" or ")}`;
  }
  const most = row.postsMax ?? Number.POSITIVE_INFINITY;
  if (posts > most) yield `${posts} POSTs, expected at most ${most}`;
}

/** Runs all cells, `lanes` at a time, each with a sandbox of its own. */
export async function runAll(cells: readonly Cell[], place: Place, done: (cell: Cell, ran: Ran) => void, lanes = 4) {
  const left = [...cells];
  const lane = async () => {
    for (let cell = left.shift(); cell; cell = left.shift()) done(cell, await run(cell, place));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
