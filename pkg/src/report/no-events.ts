import type { Report } from "./report.js";

/** The report of no events. */
export const NO_EVENTS: Report = {
  ...{ events: 0, clean: 0, repaired: 0, refused: 0, warned: 0, issueCounts: {}, issues: [] },
  keys: { uuid: 0, integer: 0, email: 0, other: 0, capitals: 0, spaces: 0 },
};
