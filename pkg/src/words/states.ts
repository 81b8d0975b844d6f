import type { State } from "../receipt/outcome.js";
import type { Receipt } from "../receipt/receipt.js";
import { heldBack, refusedByStop } from "./left.js";
import { count } from "./numbers.js";

/** What will become of the events that a check has counted. */
export const checkMeanings = {
  clean: "will be sent as they are",
  repaired: "will be sent with the changes listed below",
  refused: "will not be sent; the reasons are listed below",
  warned: "will be sent, but are worth a look",
} as const;

/** Says what the states of a receipt mean. */
export function stateMeanings(receipt: Receipt): Record<State, string> {
  const { refusedBy, unsent, duplicates, otherKey } = receipt;
  const left = unsent - heldBack(receipt);
  const held = [
    ...(duplicates > 0 ? [`${count(duplicates)} held back: sent before, or may have been`] : []),
    ...(otherKey > 0 ? [`${count(otherKey)} held back: sent with another SDK key`] : []),
    ...(left > 0 ? [`${count(left)} certainly not taken`] : []),
  ];
  return {
    accepted: "the service said that it took them",
    refused: isAllByStop(receipt)
      ? "not taken because of the key, the address or the account"
      : `${count(refusedBy.check)} by the check, ${count(refusedBy.service)} by the service`,
    unknown: "the service may have taken them, or not",
    unsent: left === unsent ? "certainly not taken" : held.join("; "),
  };
}

/** What to do about the events of a state. */
export const advice = {
  refused: "they need a change before they can be sent",
  refusedByStop: "with the right one they can be sent",
  unknown: "look in Split whether they arrived, since they may count twice if they are sent again",
  unsent: "they can be sent again without harm",
} as const;

/** Says what to do about the events of each state; states without such events are left out. */
export function stateAdvice(receipt: Receipt): Partial<Record<State, string>> {
  const { refused, unknown, unsent } = receipt;
  return {
    ...(refused > 0 && { refused: isAllByStop(receipt) ? advice.refusedByStop : advice.refused }),
    ...(unknown > 0 && { unknown: advice.unknown }),
    ...(unsent > heldBack(receipt) && { unsent: advice.unsent }),
  };
}

function isAllByStop(receipt: Receipt): boolean {
  return receipt.refused > 0 && refusedByStop(receipt) === receipt.refused;
}
