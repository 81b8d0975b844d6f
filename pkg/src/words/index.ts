export { type BatchGroup, type Place, placesOf, unacceptedGroups } from "./batches.js";
export { type IssueGroup, inputErrors, isInputError, issueGroups, issueText, withOptions } from "./issues.js";
export {
  eventsIn,
  heldBack,
  isRefusedByStop,
  leftToSend,
  refusedByStop,
  type UndeliveredState,
} from "./left.js";
export { byteSize, count, counted, duration, listed, sentence } from "./numbers.js";
export { advice, checkMeanings, stateAdvice, stateMeanings } from "./states.js";
export { isReceipt, recordsLine, stateCounts, summary } from "./summary.js";
export { decisions, HOW_TO_KNOW, nobodyKnows } from "./unknown.js";
