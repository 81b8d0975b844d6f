import type { Pipeline } from "./pipeline.ts";

/** The least work possible: copies each byte once, or makes each object text. */
export const floor: Pipeline = ({ chunks, batches, form }, take) => {
  if (form === "objects") for (const batch of batches) take(JSON.stringify(batch));
  else for (const chunk of chunks) take(chunk.slice());
};
