import type { Job, Result } from "../job.ts";

export type PlaceName = "node" | "node 20" | "bun" | "deno" | "workerd" | "chromium";

/** A runtime that sends what it is given, seen from the process that tests. */
export interface Place {
  readonly name: PlaceName;
  /** With its version, for people. */
  readonly title: string;
  perform(job: Job): Promise<Result>;
  close(): Promise<void>;
}

/** Those whose errors tell that nothing was sent. */
export const proves = (name: PlaceName): boolean => ["node", "node 20", "bun"].includes(name);

/** Those that repeat a POST by themselves when a connection dies that was used before. */
export const repeats = (name: PlaceName): boolean => ["deno", "chromium"].includes(name);
