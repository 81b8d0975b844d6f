import type { Receipt, Report } from "split-events";
import { count, counted, heldBack, listed } from "split-events/internal/words";

/** The gravest thing that happened. */
export type Mood = "clean" | "repaired" | "refused" | "warned" | "accepted" | "unknown" | "unsent";

/** A verdict: its headline, and the sentence below. */
export interface Verdict {
  mood: Mood;
  headline: string;
  detail: string;
}

/** Names all of the user's events, as `Both events`. */
export const all = (n: number): string => (n === 1 ? "Your event" : n === 2 ? "Both events" : `All ${count(n)} events`);

export interface Circumstances {
  /** Whether the service would drop some of the events silently. */
  dropped: boolean;
  /** Whether a part of the input could not be read. */
  broken: boolean;
}

const UNREAD = "But not everything in the input could be read: see below.";

/** Says what the check found. */
export function checkVerdict(report: Report, { dropped, broken }: Circumstances): Verdict {
  const { events, clean, repaired, refused } = report;
  const good = clean + repaired;
  const silently = dropped ? " The service would answer 202 and then silently drop such events." : "";
  if (events === 0) {
    const mood = broken ? "refused" : "unsent";
    return { mood, headline: "There are no events in here.", detail: "So there is nothing to send." };
  }
  if (good === 0) {
    const headline = events === 1 ? "This event cannot be sent." : `None of the ${count(events)} events can be sent.`;
    return { mood: "refused", headline, detail: `See below why, and what to do.${silently}` };
  }
  if (refused > 0) {
    const headline = `${count(refused)} of ${count(events)} events cannot be sent.`;
    return { mood: "refused", headline, detail: `The other ${count(good)} can${goodOnes(report)}.${silently}` };
  }
  if (repaired > 0) {
    const some = `${count(repaired)} of ${count(events)} events`;
    const headline = `${repaired === events ? all(events) : some} needed a repair, and got it.`;
    const before = dropped ? " Without the repair, the service would have answered 202 and silently dropped them." : "";
    const now = broken ? UNREAD : `Now ${events === 1 ? "it" : "all"} can be sent.`;
    return { mood: broken ? "warned" : "repaired", headline, detail: `${now}${before}` };
  }
  const as = events === 1 ? "It can be sent exactly as it is." : "They can be sent exactly as they are.";
  const headline = `${all(events)} ${events === 1 ? "is" : "are"} good to go.`;
  return broken ? { mood: "warned", headline, detail: UNREAD } : { mood: "clean", headline, detail: as };
}

/** Says what will be sent, and what will not. */
export function whatGoes(report: Report): string {
  const { clean, repaired, refused } = report;
  const go = `${counted(clean + repaired, "event")} will be sent${goodOnes(report)}.`;
  if (refused === 0) return go;
  const stay =
    refused === 1
      ? "1 event will not: the check refused it."
      : `${count(refused)} events will not: the check refused them.`;
  return `${go} ${stay}`;
}

function goodOnes({ clean, repaired }: Report): string {
  const asIs = clean === 1 ? "as it is" : "as they are";
  if (repaired === 0) return `, ${asIs}`;
  return clean === 0 ? ", repaired" : `: ${count(clean)} ${asIs} and ${count(repaired)} repaired`;
}

/** Says how a send ended. */
export function receiptVerdict(receipt: Receipt, { broken }: Pick<Circumstances, "broken">): Verdict {
  const { events, accepted, unknown } = receipt;
  const held = heldBack(receipt);
  const states = (["unknown", "refused", "unsent"] as const).filter((state) => receipt[state] > 0);
  const others = listed(states.map((state) => `${count(receipt[state])} ${state}`));
  const mood = states[0] ?? (broken ? "warned" : "accepted");
  if (events === 0) {
    return { mood: "unsent", headline: "Nothing was sent.", detail: "There were no events in the input." };
  }
  if (held > 0 && accepted + held === events) {
    const which = held === 1 ? "One was" : `${accepted === 0 ? "They" : `The ${count(held)}`} were`;
    const how =
      receipt.duplicates === 0
        ? "before, with another SDK key."
        : "before, or may have been. Sent again, they would count twice.";
    const detail = `${which} sent from this browser ${how}`;
    if (accepted === 0) return { mood: "unsent", headline: "Nothing new was sent.", detail };
    const headline = `${counted(accepted, "event")} ${accepted === 1 ? "was" : "were"} accepted, ${count(held)} ${held === 1 ? "was" : "were"} held back.`;
    return { mood: broken ? "warned" : "accepted", headline, detail };
  }
  if (accepted === events) {
    const detail = broken ? UNREAD : "No event was refused, none is unknown and none is left.";
    return { mood, headline: `${all(events)} ${events === 1 ? "was" : "were"} accepted.`, detail };
  }
  if (accepted === 0) {
    const headline = unknown > 0 ? "No event is known to be accepted." : "No event was accepted.";
    return { mood, headline, detail: `Of ${counted(events, "event")}: ${others}.` };
  }
  const headline = `${count(accepted)} of ${count(events)} events ${accepted === 1 ? "was" : "were"} accepted.`;
  return { mood, headline, detail: `The rest: ${others}.` };
}
