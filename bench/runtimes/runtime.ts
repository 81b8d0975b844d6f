import type { Input } from "../cases/cases.ts";
import type { Name } from "../pipelines/pipeline.ts";

/** A runtime that runs the pipelines, seen from the process that measures. */
export interface Runtime {
  /** Its name and version, for people. */
  title: string;
  load(input: Input): Promise<void>;
  /** Rejects if the pipelines have different results. */
  agree(): Promise<void>;
  /** Returns the milliseconds of one run, after a forced garbage collection and a pause. */
  time(name: Name): Promise<number>;
  drop(): Promise<void>;
  close(): Promise<void>;
}

export const RUNTIMES = ["node", "workerd", "browser"] as const;
export type RuntimeName = (typeof RUNTIMES)[number];
export const PAUSE_MS = 20;
