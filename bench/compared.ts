import type { Bar, Case, Peer } from "./cases/case.ts";
import { load, rotated, rounded, type Size, WARM_UP } from "./measure.ts";
import { median } from "./median.ts";
import type { Name } from "./pipelines/pipeline.ts";
import type { Runtime } from "./runtimes/runtime.ts";

/** The medians of a case with bars, as CPU time in milliseconds, and what it reached. */
export interface Compared {
  case: string;
  ours_ms: number;
  mb: number;
  against: Reached[];
}

/** The ratio of the other's time to ours for `at_least`, of ours to the other's for `at_most`. */
export interface Reached {
  name: Peer;
  ms: number;
  ratio: number;
  at_least?: number;
  at_most?: number;
  reached: boolean;
}

/** Compares the events of all pipelines of the case, then runs them in turn. */
export async function compareWithPeers(
  one: Case,
  bars: readonly Bar[],
  runtime: Runtime,
  { bytes, rounds }: Size,
): Promise<Compared> {
  const mb = await load(one, [runtime], bytes);
  const peers = bars.map(({ against }) => against);
  await runtime.agree(peers);
  const names: readonly Name[] = ["ours", ...peers];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = -WARM_UP; round < rounds; round += 1) {
    for (const name of rotated(names, round + WARM_UP)) {
      const ms = await runtime.time(name, "cpu");
      if (round >= 0) times.get(name)?.push(ms);
    }
  }
  await runtime.drop();
  const ms = (name: Name) => rounded(median(times.get(name) ?? []));
  return {
    case: one.name,
    ours_ms: ms("ours"),
    mb,
    against: bars.map((bar) => reached(bar, ms("ours"), ms(bar.against))),
  };
}

function reached({ against: name, atLeast, atMost }: Bar, ours: number, ms: number): Reached {
  if (atMost !== undefined) {
    const ratio = rounded(ours / ms);
    return { name, ms, ratio, at_most: atMost, reached: ratio <= atMost };
  }
  const ratio = rounded(ms / ours);
  return { name, ms, ratio, ...(atLeast !== undefined && { at_least: atLeast }), reached: ratio >= (atLeast ?? 0) };
}
