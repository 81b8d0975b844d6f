import type { Case } from "./cases/case.ts";
import { median } from "./median.ts";
import type { Name } from "./pipelines/pipeline.ts";
import type { Runtime, RuntimeName } from "./runtimes/runtime.ts";

const PIPELINES: readonly Name[] = ["ours", "sdk", "ajv", "zod", "floor"];
/** The rounds that are not counted, in which the runtime compiles what is used often. */
export const WARM_UP = 2;

/** The medians of a case in milliseconds. `mb` is the size of the input in millions of bytes. */
export interface Result {
  case: string;
  runtime: RuntimeName;
  ours_ms: number;
  peers: { sdk: number; ajv: number; zod: number };
  floor_ms: number;
  mb: number;
}

export interface Size {
  bytes: number;
  rounds: number;
}

/** Makes the input, compares the results of all pipelines, runs them in turn, and drops the input. */
export async function measure(
  one: Case,
  name: RuntimeName,
  runtime: Runtime,
  { bytes, rounds }: Size,
): Promise<Result> {
  const mb = await load(one, [runtime], bytes);
  await runtime.agree();
  const times = new Map<Name, number[]>(PIPELINES.map((pipeline) => [pipeline, []]));
  for (let round = -WARM_UP; round < rounds; round += 1) {
    for (const pipeline of rotated(PIPELINES, round + WARM_UP)) {
      const ms = await runtime.time(pipeline);
      if (round >= 0) times.get(pipeline)?.push(ms);
    }
  }
  await runtime.drop();
  const ms = (pipeline: Name) => rounded(median(times.get(pipeline) ?? []));
  return {
    case: one.name,
    runtime: name,
    ours_ms: ms("ours"),
    peers: { sdk: ms("sdk"), ajv: ms("ajv"), zod: ms("zod") },
    floor_ms: ms("floor"),
    mb,
  };
}

/** Loads a case, in a function of its own so that its caller does not keep the input alive. */
export async function load(one: Case, runtimes: readonly Runtime[], bytes: number): Promise<number> {
  const input = one.make(bytes);
  for (const runtime of runtimes) await runtime.load(input);
  return rounded(input.bytes.length / 1e6);
}

export function rotated<T>(list: readonly T[], by: number): T[] {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

export function rounded(number: number): number {
  return Math.round(number * 1000) / 1000;
}
