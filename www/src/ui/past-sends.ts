import { count, counted, HOW_TO_KNOW, nobodyKnows, stateCounts } from "split-events/internal/words";
import type { Counts } from "../memory/history.js";
import type { ListedSend } from "../memory/memory.js";
import { button, foreign, h } from "./dom.js";
import { shortMoment } from "./format.js";

export interface PastSendActions {
  onDecide: (send: ListedSend) => void;
  onRemove: (send: ListedSend) => void;
}

const MOST = 5;

/** Lists the sends with events that are left to send or to decide about. */
export function openSends(sends: readonly ListedSend[], actions: PastSendActions): HTMLElement[] {
  return section(
    "open-sends",
    "Not finished yet",
    sends.filter(({ open }) => open),
    actions,
  );
}

/** Lists the last sends that are over. */
export function pastSends(sends: readonly ListedSend[], actions: PastSendActions): HTMLElement[] {
  return section("past-sends", "Sent from this browser", sends.filter(({ open }) => !open).slice(0, MOST), actions);
}

/** Writes the names of files, as `a.csv and 3 more files`. */
export function fileNames(names: readonly string[]): (Node | string)[] {
  const [first = "", ...rest] = names;
  const more = rest.length > 0 ? [` and ${counted(rest.length, "more file", "more files")}`] : [];
  return [foreign(first, "name"), ...more];
}

function section(id: string, heading: string, sends: readonly ListedSend[], actions: PastSendActions): HTMLElement[] {
  if (sends.length === 0) return [];
  const rows = sends.map((send) => row(send, actions));
  return [h("section", { class: "past", "aria-labelledby": id }, h("h2", { id }, heading), h("ul", {}, ...rows))];
}

function row(send: ListedSend, { onDecide, onRemove }: PastSendActions): HTMLElement {
  const { at, files, host, counts, open, unknown = [] } = send;
  return h(
    "li",
    { class: open ? "open" : undefined },
    h(
      "p",
      {},
      h("strong", {}, ...fileNames(files)),
      h("br"),
      h("span", { class: "small" }, `${shortMoment(new Date(at))} · to ${host}`),
    ),
    counts && h("p", { class: "small" }, countsText(counts)),
    open && h("p", { class: "todo" }, openText(send)),
    (unknown.length > 0 || (open && !open.elsewhere)) &&
      h(
        "div",
        { class: "actions" },
        unknown.length > 0 &&
          (open?.undecided
            ? button("Decide…", () => onDecide(send), { class: "button quiet" })
            : button("Change what you decided…", () => onDecide(send), { class: "link" })),
        open && button("Forget this send…", () => onRemove(send), { class: "link" }),
      ),
  );
}

function countsText({ accepted, refused, unknown, unsent, sentBefore }: Counts): string {
  if (accepted + refused + unknown + unsent + sentBefore === 0) return "no events";
  const held = sentBefore > 0 ? [`${count(sentBefore)} sent before`] : [];
  const own = accepted + refused + unknown + unsent > 0 ? stateCounts({ accepted, refused, unknown, unsent }) : [];
  return [...own, ...held].join(" · ");
}

function openText({ open, left }: ListedSend): string {
  if (!open) return "";
  if (open.elsewhere) return "Another tab of this page is sending this now.";
  const parts = [];
  if (open.undecided > 0) {
    parts.push(`${nobodyKnows(counted(open.undecided, "event"))}. ${HOW_TO_KNOW}.`);
  }
  if (open.unsent) {
    const what = left === undefined ? "It ended early" : `${counted(left, "event")} can still be sent`;
    parts.push(`${what}: choose the same files again to go on where it stopped.`);
  }
  return parts.join(" ");
}
