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
import type { State, Step } from "./state.js";

/** What happens to the page: what the user does, and what the thread answers. */
export type Event =
  | { type: "went"; step: Step }
  | { type: "said"; text: string }
  | { type: "newer" }
  | { type: "warmed"; warm: Warm }
  | { type: "listed"; sends: readonly ListedSend[] }
  | { type: "noticed"; notice: NonNullable<State["notice"]> }
  | { type: "chose"; files: readonly File[] }
  | { type: "read"; reading: Reading }
  | { type: "looked"; look: Look; step?: "columns" | undefined }
  | { type: "check"; reading: Reading }
  | { type: "checked"; checked: Checked }
  | { type: "stopped" }
  | { type: "failed"; notice: NonNullable<State["notice"]> }
  | { type: "typed"; target: Partial<Target> }
  | { type: "fleetingSaid" }
  | { type: "send" }
  | { type: "held"; held: HeldBack; brokenOff: number | undefined }
  | { type: "sent"; sent: Sent; brokenOff: number | undefined }
  | { type: "recalled"; sent: Sent }
  | { type: "unsent"; trouble?: Trouble | undefined }
  | { type: "pressed"; what: "pause" | "stop" }
  | { type: "decide"; send: ListedSend }
  | { type: "forgot"; notice: NonNullable<State["notice"]> }
  | { type: "asked"; question: NonNullable<State["question"]> | undefined }
  | { [Kind in keyof Told]: { type: "told"; kind: Kind; now: Told[Kind] } }[keyof Told];
