import { type Receipt, receiptCsv, type Unknown } from "split-events";
import type { Words } from "../memory/journal.js";
import { heldBackBy, leftToSend, refusedByTheStop } from "../memory/memory.js";
import { unacceptedBatches } from "../ui/batches.js";
import { decisions } from "../ui/decisions.js";
import { button, h } from "../ui/dom.js";
import { csvFile, type Download, downloads, jsonFile } from "../ui/downloads.js";
import { figures, shares } from "../ui/figures.js";
import { count, counted } from "../ui/format.js";
import { inputErrors } from "../ui/issues.js";
import { notice } from "../ui/notice.js";
import type { Scene } from "../ui/stage.js";
import { verdictView } from "../ui/verdict.js";
import type { Undelivered, UndeliveredState } from "../undelivered.js";
import { receiptVerdict } from "../words.js";

/** How a send ended. */
export interface Sent {
  /** Its journal. */
  id: string;
  receipt: Receipt;
  undelivered: Undelivered;
  /** What can be decided. */
  open: readonly Unknown[];
  /** Why the files could not be read to their end. */
  unread?: string | undefined;
  /** Where they went, unless it is the service itself. */
  endpoint?: string | undefined;
}

export interface ReceiptActions {
  /** Sends what is left. */
  onAgain: () => void;
  /** Asks whether what was sent with another key is to be sent with this one, too. */
  onOtherKey: () => void;
  /** Does what the user says of unknown batches. */
  onDecide: (words: Words) => void;
  onCheck: () => void;
  onOther: () => void;
}

const STATES = ["refused", "unknown", "unsent"] as const satisfies UndeliveredState[];

/** How every event ended. */
export function receiptScene(
  { receipt, undelivered, open, unread, endpoint }: Sent,
  { onAgain, onOtherKey, onDecide, onCheck, onOther }: ReceiptActions,
): Scene {
  const { events, accepted, refused, unknown, unsent, otherKey, stopped, complete } = receipt;
  const left = leftToSend(receipt);
  // nothing remembers any more what was accepted: the same files would be sent whole
  const isForgotten = stopped?.reason === "journal_failed";
  const to = endpoint === undefined ? "" : `--endpoint '${endpoint.replaceAll("'", "%27")}' `;
  const saved = downloads(downloadsOf(receipt, undelivered));
  const troubles = inputErrors(receipt);
  if (unread !== undefined) troubles.push(h("p", {}, `${unread}.`));
  if (!complete) troubles.push(h("p", {}, "The input was not read to its end, so only what was read is counted here."));
  const broken = troubles.length > 0;
  const verdict = receiptVerdict(receipt, { broken });

  const content = h(
    "section",
    { class: "card receipt" },
    verdictView(verdict, { eyebrow: "Receipt", joy: verdict.mood === "accepted" }),
    stopped &&
      notice(
        "warning",
        h("p", {}, h("strong", {}, "Sending ended early: "), isForgotten ? FORGOTTEN : sentence(stopped.message)),
        isForgotten && accepted + unknown > 0 && left > 0 && h("p", {}, ONLY_WHAT_IS_LEFT),
      ),
    troubles.length > 0 && notice("error", ...troubles),
    shares([
      { kind: "accepted", n: accepted },
      { kind: "refused", n: refused },
      { kind: "unknown", n: unknown },
      { kind: "unsent", n: unsent },
    ]),
    figures([
      { kind: "accepted", n: accepted, meaning: "The service said that it takes them." },
      { kind: "refused", n: refused, meaning: whoRefused(receipt) },
      {
        kind: "unknown",
        n: unknown,
        meaning: "Sent, but no answer says whether they were taken. Sent again, they may count twice.",
      },
      { kind: "unsent", n: unsent, meaning: whyUnsent(receipt) },
    ]),
    h(
      "p",
      { class: "sum" },
      `${count(accepted)} + ${count(refused)} + ${count(unknown)} + ${count(unsent)} = ${count(events)}. `,
      h("span", {}, "Every event is accounted for."),
    ),
    open.length > 0 &&
      h(
        "div",
        { class: "undecided" },
        h("h2", {}, `Did ${open.length === 1 ? "this batch" : "these batches"} arrive?`),
        decisions(open, { label: "Apply these decisions", onDecide }),
      ),
    unacceptedBatches(receipt.batches, new Set(open.map(({ id }) => id))),
    h("h2", {}, "Keep it"),
    saved.element,
    unsent > heldBackBy(receipt) &&
      h(
        "p",
        { class: "small" },
        "To send what is unsent from a terminal: ",
        h("code", {}, `jq -c ${unsentFilter(receipt)} split-events-unsent.ndjson | npx split-events send ${to}-`),
      ),
    refused > 0 &&
      left === 0 &&
      h(
        "p",
        {},
        "Correct the refused events and choose the file again, whatever its name: what was accepted is not sent twice.",
      ),
    h(
      "div",
      { class: "actions" },
      left === 0 &&
        otherKey > 0 &&
        button(`Send ${counted(otherKey, "event")} with this key, too…`, onOtherKey, { class: "button quiet" }),
      left > 0 && !isForgotten && button("Send what is left…", onAgain, { class: "button" }),
      button(refused > 0 && left === 0 ? "Choose the corrected file" : "Check other files", onOther, {
        class: left > 0 ? "button quiet" : "button",
      }),
      button("See the check", onCheck, { class: "button quiet" }),
    ),
  );
  const announcement = `${verdict.detail} ${count(accepted)} accepted, ${count(refused)} refused, ${count(unknown)} unknown, ${count(unsent)} unsent.`;
  return { step: "Receipt", heading: verdict.headline, content, announcement, leave: saved.release };
}

const FORGOTTEN = "what this page remembers was taken away, by Forget everything in another tab or by the browser.";
const ONLY_WHAT_IS_LEFT =
  "Do not choose the same files again: nothing remembers what was accepted, and it would count twice. Save the unsent events, and send them as the line below says.";

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

function whoRefused(receipt: Receipt): string {
  const { refused } = receipt;
  const { check, service } = receipt.refusedBy;
  if (refused > 0 && refusedByTheStop(receipt) === refused)
    return "Not taken, for the key or the address. With the right one they can go.";
  const by =
    refused === 0 ? "by the check or by the service" : `${count(check)} by the check, ${count(service)} by the service`;
  return `Not taken: ${by}. They need a change first.`;
}

function whyUnsent(receipt: Receipt): string {
  const { unsent, duplicates, otherKey } = receipt;
  const rest = unsent - heldBackBy(receipt);
  if (rest === unsent) return "Certainly not taken. They can go another time without harm.";
  const parts = [
    duplicates > 0 && `${count(duplicates)} held back: sent from this browser before, or perhaps.`,
    otherKey > 0 && `${count(otherKey)} held back: sent from this browser before with another key.`,
    rest > 0 && `${count(rest)} certainly not taken. They can go another time without harm.`,
  ];
  return parts.filter(Boolean).join(" ");
}

/** What was held back stays here. */
function unsentFilter(receipt: Receipt): string {
  if (heldBackBy(receipt) === 0) return ".event";
  return `'select(.reasons[0].code | IN("duplicate", "other_key") | not) | .event'`;
}

function downloadsOf(receipt: Receipt, undelivered: Undelivered): Download[] {
  return [
    { label: "Receipt (JSON)", name: "split-events-receipt.json", content: jsonFile(receipt) },
    { label: "Batches (CSV)", name: "split-events-batches.csv", content: csvFile(receiptCsv(receipt)) },
    ...STATES.filter((state) => receipt[state] > 0).map((state) => ({
      label: `${count(receipt[state])} ${state} (NDJSON)`,
      name: `split-events-${state}.ndjson`,
      content: undelivered.file(state),
    })),
  ];
}
