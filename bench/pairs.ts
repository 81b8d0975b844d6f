import type { Case } from "./cases/cases.ts";
import { load, rounded, type Size, WARM_UP } from "./measure.ts";
import { median } from "./median.ts";
import type { Runtime } from "./runtimes/runtime.ts";

/** Two builds on one case: medians in milliseconds, and how many times the baseline's time ours takes. */
export interface Pair {
  case: string;
  ours_ms: number;
  baseline_ms: number;
  /** The median of what it is in each pair of runs, which what both are slowed by does not change. */
  ratio: number;
  ratio_of_medians: number;
  mb: number;
}

/** Runs both in turn on the same input, each as often first as second. The counts of both must be the case's own. */
export async function compare(one: Case, ours: Runtime, baseline: Runtime, { bytes, rounds }: Size): Promise<Pair> {
  const mb = await load(one, [ours, baseline], bytes);
  const times: { ours: number[]; baseline: number[] } = { ours: [], baseline: [] };
  for (let round = -WARM_UP; round < rounds; round += 1) {
    const turn = [
      ["ours", ours],
      ["baseline", baseline],
    ] as const;
    for (const [name, runtime] of round % 2 === 0 ? turn : turn.toReversed()) {
      const ms = await runtime.time("ours");
      if (round >= 0) times[name].push(ms);
    }
  }
  await ours.drop();
  await baseline.drop();
  const [mine, other] = [median(times.ours), median(times.baseline)];
  return {
    case: one.name,
    ours_ms: rounded(mine),
    baseline_ms: rounded(other),
    ratio: rounded(median(times.ours.map((ms, at) => ms / (times.baseline[at] ?? Number.NaN)))),
    ratio_of_medians: rounded(mine / other),
    mb,
  };
}
