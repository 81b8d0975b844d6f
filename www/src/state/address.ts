import { STEPS, type State, type Step } from "./state.js";

/** Returns the part of the page's address that stands for a step. */
export function hashOf({ step, sent }: Pick<State, "step" | "sent">): string {
  if (step === "receipt" && sent) return `#receipt/${sent.id}`;
  return step === "file" ? "" : `#${step}`;
}

/** Returns the id of the send whose receipt an address stands for. */
export function receiptOf(hash: string): string | undefined {
  return /^#receipt\/(.+)$/.exec(hash)?.[1];
}

/** Returns the step of an address; `undefined` if it is a place in the page. */
export function stepOf(hash: string): Step | undefined {
  const [name = ""] = hash.slice(1).split("/");
  if (name === "") return "file";
  return [...STEPS, "decide" as const].find((step) => step === name);
}
