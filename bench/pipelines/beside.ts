import { ours } from "./ours.ts";
import type { Pipeline } from "./pipeline.ts";

/** Ours, on the other input of a case. */
export const beside: Pipeline = (ready, take) => {
  if (!ready.beside) throw new Error("the case has no other input");
  ours(ready.beside, take);
};
