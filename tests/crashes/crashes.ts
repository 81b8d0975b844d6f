import { Random } from "../agreement/random.ts";
import { type Crash, crash } from "./crash.ts";
import { type Interrupted, interrupt } from "./interrupt.ts";
import { KINDS } from "./source.ts";

/** Presses Ctrl-C, once or twice, until `count` imports have left something, with each kind of source. */
export async function interrupts(count: number, seed: number): Promise<Interrupted[]> {
  const done: Interrupted[] = [];
  const left = () => done.filter((run) => run.left).length;
  for (let run = 0; left() < count || run < KINDS.length; run += 1) {
    const random = new Random(seed + run);
    const plan = {
      kind: KINDS[run % KINDS.length] as (typeof KINDS)[number],
      twice: random.chance(0.5),
      takes: random.chance(0.5),
    };
    try {
      done.push(await interrupt(plan, random));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`${JSON.stringify(plan)}, seed ${seed + run}: ${message}`, { cause: error });
    }
  }
  return done;
}

/** Kills `count` commands at random moments, with each kind of source. An error names the seed that repeats it. */
export async function crashes(kills: number, seed: number): Promise<Crash[]> {
  const done: Crash[] = [];
  let killed = 0;
  for (let run = 0; killed < kills || run < KINDS.length; run += 1) {
    const random = new Random(seed + run);
    const plan = {
      kind: KINDS[run % KINDS.length] as (typeof KINDS)[number],
      ledger: random.chance(0.5),
      kills: 1 + Number(random.chance(0.4)) + Number(random.chance(0.2)),
    };
    try {
      const result = await crash(plan, random);
      killed += result.killed;
      done.push(result);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`${JSON.stringify(plan)}, seed ${seed + run}, after ${killed} kills: ${message}`, {
        cause: error,
      });
    }
  }
  return done;
}
