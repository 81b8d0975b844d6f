import { createInterface } from "node:readline";
import type { Job } from "../job.ts";
import { perform } from "./perform.ts";

// Jobs and results are lines. A result comes when its job has ended.
for await (const line of createInterface({ input: process.stdin })) {
  const { id, job } = JSON.parse(line) as { id: number; job: Job };
  const answer = (said: object) => process.stdout.write(`${JSON.stringify({ id, ...said })}\n`);
  perform(job).then(
    (result) => answer({ result }),
    (error: Error) => answer({ error: `${error.name}: ${error.message}` }),
  );
}
