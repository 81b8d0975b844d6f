/** What a person can decide about an unknown batch, and what comes of it. */
export const decisions = {
  accepted: { label: "They arrived", effect: "they count as accepted and are not sent again" },
  resend: { label: "Send them again", effect: "they count twice if they did arrive" },
  drop: { label: "Give them up", effect: "they are lost if they did not arrive" },
} as const satisfies Record<string, { label: string; effect: string }>;

/** Says that the outcome of events is unknown: `Nobody knows whether 2 events arrived`. */
export function nobodyKnows(events: string): string {
  return `Nobody knows whether ${events} arrived`;
}

/** Says how to find out. */
export const HOW_TO_KNOW = "Look in Split whether they arrived, then decide";
