import type { Job, Result } from "../job.ts";

export type PlaceName = "node" | "node 20" | "bun" | "deno" | "workerd" | "chromium";

/** A runtime that sends jobs, seen from the process that tests. */
export interface Place {
  readonly name: PlaceName;
  /** Its name and version, for people. */
  readonly title: string;
  perform(job: Job): Promise<Result>;
  close(): Promise<void>;
}

/** The runtimes whose errors can prove that nothing was sent. */
export const proves = (name: PlaceName): boolean => ["node", "node 20", "bun"].includes(name);

/** The runtimes that repeat a POST by themselves when a connection that was used before breaks. */
export const repeats = (name: PlaceName): boolean => ["deno", "chromium"].includes(name);
