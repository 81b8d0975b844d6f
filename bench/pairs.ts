import type { Case } from "./cases/case.ts";
import { load, rounded, type Size, WARM_UP } from "./measure.ts";
import { median } from "./median.ts";
import type { Runtime } from "./runtimes/runtime.ts";

/** The medians of two builds on one case, as CPU time in milliseconds, and the ratio of our time to the baseline's. */
export interface Pair {
  case: string;
  ours_ms: number;
  baseline_ms: number;
  /** The median of the ratios of all pairs of runs. What slows down both runs of a pair does not change it. */
  ratio: number;
  ratio_of_medians: number;
  mb: number;
}

/** Runs both in alternating order on the same input. Throws if the counts of one are not those of the case. */
export async function compare(one: Case, ours: Runtime, baseline: Runtime, { bytes, rounds }: Size): Promise<Pair> {
  const mb = await load(one, [ours, baseline], bytes);
  const times: { ours: number[]; baseline: number[] } = { ours: [], baseline: [] };
  for (let round = -WARM_UP; round < rounds; round += 1) {
    const turn = [
      ["ours", ours],
      ["baseline", baseline],
    ] as const;
    for (const [name, runtime] of round % 2 === 0 ? turn : turn.toReversed()) {
      const ms = await runtime.time("ours", "cpu");
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
