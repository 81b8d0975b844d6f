import { type Receipt, receiptCsv, type State, type Unknown } from "split-events";
import {
  count,
  counted,
  heldBack,
  leftToSend,
  recordsLine,
  sentence,
  stateAdvice,
  stateMeanings,
  summary,
  type UndeliveredState,
} from "split-events/internal/words";
import type { Decisions } from "../memory/journal.js";
import { unacceptedBatches } from "../ui/batches.js";
import { decisionForm } from "../ui/decisions.js";
import { button, h } from "../ui/dom.js";
import { csvFile, type Download, downloads, jsonFile } from "../ui/downloads.js";
import { figures, shares } from "../ui/figures.js";
import { inputErrors } from "../ui/issues.js";
import { notice } from "../ui/notice.js";
import type { Scene } from "../ui/stage.js";
import { verdictView } from "../ui/verdict.js";
import type { Undelivered } from "../undelivered.js";
import { receiptVerdict } from "../words.js";

/** How a send ended. */
export interface Sent {
  /** Its journal. */
  id: string;
  receipt: Receipt;
  undelivered: Undelivered;
  /** The batches that can be decided about. */
  open: readonly Unknown[];
  /** Why the files could not be read to their end. */
  unread?: string | undefined;
  /** The address that they went to, unless it is the service's own. */
  endpoint?: string | undefined;
}

export interface ReceiptActions {
  /** Sends what is left. */
  onAgain: () => void;
  /** Asks whether to send what was sent with another key with this one, too. */
  onOtherKey: () => void;
  /** Carries out what the user decided about unknown batches. */
  onDecide: (decisions: Decisions) => void;
  onCheck: () => void;
  onOther: () => void;
}

const STATES = ["refused", "unknown", "unsent"] as const satisfies UndeliveredState[];

/** Shows how every event ended. */
export function receiptScene(
  { receipt, undelivered, open, unread, endpoint }: Sent,
  { onAgain, onOtherKey, onDecide, onCheck, onOther }: ReceiptActions,
): Scene {
  const { events, accepted, refused, unknown, unsent, otherKey, stopped, complete } = receipt;
  const left = leftToSend(receipt);
  // the page no longer knows what was accepted: the same files would be sent whole
  const isForgotten = stopped?.reason === "journal_failed";
  const to = endpoint === undefined ? "" : `--endpoint '${endpoint.replaceAll("'", "%27")}' `;
  const saved = downloads(downloadsOf(receipt, undelivered));
  const troubles = inputErrors(receipt);
  if (unread !== undefined) troubles.push(h("p", {}, `${unread}.`));
  if (!complete)
    troubles.push(h("p", {}, "The input was not read to its end: the counts are those of the part that was read."));
  const broken = troubles.length > 0;
  const [meanings, advice] = [stateMeanings(receipt), stateAdvice(receipt)];
  const meaning = (state: State) =>
    [meanings[state], ...(advice[state] === undefined ? [] : [advice[state]])].map(sentence).join(" ");
  const verdict = receiptVerdict(receipt, { broken });
  const records = recordsLine(receipt);

  const content = h(
    "section",
    { class: "card receipt" },
    verdictView(verdict, { eyebrow: "Receipt", joy: verdict.mood === "accepted" }),
    records !== "" && h("p", { class: "aside" }, sentence(records)),
    stopped &&
      notice(
        "warning",
        h("p", {}, h("strong", {}, "Sending ended early: "), isForgotten ? FORGOTTEN : `${stopped.message}.`),
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
      { kind: "accepted", n: accepted, meaning: meaning("accepted") },
      { kind: "refused", n: refused, meaning: meaning("refused") },
      { kind: "unknown", n: unknown, meaning: meaning("unknown") },
      { kind: "unsent", n: unsent, meaning: meaning("unsent") },
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
        decisionForm(open, { label: "Apply these decisions", onDecide }),
      ),
    unacceptedBatches(receipt.batches, new Set(open.map(({ id }) => id))),
    h("h2", {}, "Save the receipt and the events"),
    saved.element,
    unsent > heldBack(receipt) &&
      h(
        "p",
        { class: "small" },
        "To send the unsent events from a terminal: ",
        h("code", {}, `npx split-events send ${to}--preset unsent split-events-unsent.ndjson`),
      ),
    refused > 0 &&
      left === 0 &&
      h(
        "p",
        {},
        "Correct the refused events and choose the file again, under any name: what was accepted is not sent twice.",
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
  const announcement = `${verdict.detail} ${summary(receipt)}.`;
  return { step: "Receipt", heading: verdict.headline, content, announcement, leave: saved.release };
}

const FORGOTTEN = "what this page remembers was deleted, by “Forget everything” in another tab or by the browser.";
const ONLY_WHAT_IS_LEFT =
  "Do not choose the same files again: the page no longer knows what was accepted, and would send it twice. Save the unsent events, and send them by the command below.";

function downloadsOf(receipt: Receipt, undelivered: Undelivered): Download[] {
  const table = undelivered.table();
  return [
    { label: "Receipt (JSON)", name: "split-events-receipt.json", content: jsonFile(receipt) },
    { label: "Batches (CSV)", name: "split-events-batches.csv", content: csvFile(receiptCsv(receipt)) },
    ...STATES.filter((state) => receipt[state] > 0).map((state) =>
      state === "refused" && table
        ? { label: `${count(receipt[state])} refused (table)`, name: "split-events-refused.csv", content: table }
        : {
            label: `${count(receipt[state])} ${state} (NDJSON)`,
            name: `split-events-${state}.ndjson`,
            content: undelivered.file(state),
          },
    ),
  ];
}
