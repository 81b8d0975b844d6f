import { Batcher } from "split-events";
import type { Pipeline } from "./pipeline.ts";

export const ours: Pipeline = ({ chunks, batches, form, expected, options }, take) => {
  const batcher = new Batcher(options);
  for (const chunk of form === "objects" ? batches : chunks) {
    for (const { body } of batcher.push(chunk as Uint8Array | object[])) take(body);
  }
  for (const { body } of batcher.finish()) take(body);
  const { events, clean, repaired, refused } = batcher.report;
  batcher.free();
  const found = JSON.stringify({ events, clean, repaired, refused });
  if (found !== JSON.stringify(expected)) throw new Error(`found ${found}, expected ${JSON.stringify(expected)}`);
};
