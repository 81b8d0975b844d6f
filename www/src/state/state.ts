import type {
  Checked,
  HeldBack,
  ListedSend,
  Look,
  Reading,
  Sent,
  Target,
  Told,
  Trouble,
  Warm,
} from "../link/protocol.js";

/** `plain` informs, `warning` asks for a decision, `error` says what did not work. */
export type Tone = "plain" | "warning" | "error";

/** The steps of an import, in their order, and what lies beside them. */
export const STEPS = ["file", "columns", "problems", "plan", "send", "receipt"] as const;
export type Step = (typeof STEPS)[number] | "decide";

/** All that the page shows. It is plain data, and what is shown follows from it alone. */
export interface State {
  step: Step;
  /** What is under way. */
  busy?: "looking" | "checking" | "sending";
  /** Said above the choice of files. */
  notice?: { tone: Tone; text: string };
  /** What screen readers say; the number makes the same text a new one. */
  said: { text: string; number: number };
  /** Whether a newer version of the page waits until this one is closed. */
  isOld?: boolean;
  /** The sends of this browser; missing until they are known. */
  sends?: readonly ListedSend[];
  warm?: Warm;
  /** The address that came with the link to this page. */
  linked?: string;
  target: Target;
  files: readonly File[];
  reading: Reading;
  look?: Look;
  /** Whether the look is older than the reading. */
  isLookOld?: boolean;
  reach?: Told["checking"];
  checked?: Checked;
  /** Whether it was said that the browser keeps nothing. */
  saidFleeting?: boolean;
  held?: HeldBack;
  /** Why the last send did not begin. */
  trouble?: Trouble;
  sending?: Sending;
  sent?: Sent;
  /** The send whose unknown batches are decided about. */
  deciding?: ListedSend;
  question?: { about: "forget" } | { about: "remove"; send: ListedSend };
}

export interface Sending {
  progress?: Told["sending"];
  waiting: Told["waiting"];
  isPaused: boolean;
  /** How often Stop was pressed: the first press stops, the second cuts. */
  stops: 0 | 1 | 2;
}

/** Returns the state of a page that was just opened. */
export function opened(linked: string | undefined): State {
  return {
    step: "file",
    said: { text: "", number: 0 },
    target: { apiKey: "", endpoint: linked ?? "" },
    files: [],
    reading: {},
    ...(linked !== undefined && { linked }),
  };
}

/** Counts the events that would be sent. */
export function sendable({ checked }: Pick<State, "checked">): number {
  return checked ? checked.report.clean + checked.report.repaired : 0;
}
