import type { Input, Peer } from "../cases/case.ts";
import type { Name } from "../pipelines/pipeline.ts";

/** A runtime that runs the pipelines, seen from the process that measures. */
export interface Runtime {
  /** Its name and version, for people. */
  title: string;
  load(input: Input): Promise<void>;
  /** Rejects if the pipelines have different results. `peers` are those of a case with bars. */
  agree(peers?: readonly Peer[]): Promise<void>;
  /**
   * Returns the milliseconds of one run, after a forced garbage collection and a pause. In Node `clock` may be the CPU
   * time of the process, its garbage collection included.
   */
  time(name: Name, clock?: Clock): Promise<number>;
  drop(): Promise<void>;
  close(): Promise<void>;
}

export type Clock = "wall" | "cpu";
export const RUNTIMES = ["node", "workerd", "browser"] as const;
export type RuntimeName = (typeof RUNTIMES)[number];
export const PAUSE_MS = 20;
