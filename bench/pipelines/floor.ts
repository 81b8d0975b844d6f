import type { Pipeline } from "./pipeline.ts";

/** What nobody can do without: each byte written once, or each object made text. */
export const floor: Pipeline = ({ chunks, batches, form }, take) => {
  if (form === "objects") for (const batch of batches) take(JSON.stringify(batch));
  else for (const chunk of chunks) take(chunk.slice());
};
