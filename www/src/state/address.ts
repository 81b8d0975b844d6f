import { STEPS, type Step } from "./state.js";

/** Returns the part of the page's address that stands for a step. */
export function hashOf(step: Step): string {
  return step === "file" ? "" : `#${step}`;
}

/** Returns the step of an address; `undefined` if it is a place in the page. */
export function stepOf(hash: string): Step | undefined {
  const name = hash.slice(1);
  if (name === "") return "file";
  return [...STEPS, "decide" as const].find((step) => step === name);
}
