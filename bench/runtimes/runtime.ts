import type { Input } from "../cases/cases.ts";
import type { Name } from "../pipelines/pipeline.ts";

/** A place where the pipelines run, seen from the process that measures. */
export interface Runtime {
  /** With its version, for people. */
  title: string;
  load(input: Input): Promise<void>;
  /** Fails unless all pipelines have the same result. */
  agree(): Promise<void>;
  /** Milliseconds of one run, after a forced collection and a pause. */
  time(name: Name): Promise<number>;
  drop(): Promise<void>;
  close(): Promise<void>;
}

export const RUNTIMES = ["node", "workerd", "browser"] as const;
export type RuntimeName = (typeof RUNTIMES)[number];
export const PAUSE_MS = 20;
