import { STEPS, type State, type Step, sendable } from "./state.js";

/** Tells whether a step can be shown: what it shows is known. */
export function isReachable(state: State, step: Step): boolean {
  if (state.busy === "sending" && (step === "file" || step === "columns")) return false;
  if (step === "file") return true;
  if (step === "columns") return state.look !== undefined;
  if (step === "problems") return state.checked !== undefined || state.busy === "checking" || state.busy === "looking";
  if (step === "plan") return state.busy !== "sending" && sendable(state) > 0;
  if (step === "send") return state.busy === "sending";
  if (step === "receipt") return state.sent !== undefined;
  return state.deciding !== undefined;
}

/** Returns the step, or the nearest before it that can be shown. */
export function nearest(state: State, step: Step): Step {
  if (isReachable(state, step)) return step;
  if (state.busy === "sending") return "send";
  const before = STEPS.slice(0, Math.max(0, STEPS.indexOf(step as never))).reverse();
  return before.find((other) => other !== "send" && isReachable(state, other)) ?? "file";
}
