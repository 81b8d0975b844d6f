import type { Counts } from "../memory/history.js";
import type { ListedSend } from "../memory/memory.js";
import { button, foreign, h } from "./dom.js";
import { count, counted, shortMoment } from "./format.js";

export interface PastSendActions {
  onDecide: (send: ListedSend) => void;
  onRemove: (send: ListedSend) => void;
}

const MOST = 5;

/** Sends that are not over: what is left of them, and what is to be decided. */
export function openSends(sends: readonly ListedSend[], actions: PastSendActions): HTMLElement[] {
  return section(
    "open-sends",
    "Not over yet",
    sends.filter(({ open }) => open),
    actions,
  );
}

/** The last sends that are over. */
export function pastSends(sends: readonly ListedSend[], actions: PastSendActions): HTMLElement[] {
  return section("past-sends", "Sent from this browser", sends.filter(({ open }) => !open).slice(0, MOST), actions);
}

/** Such as `a.csv, b.csv and 3 more`. */
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
  const parts = Object.entries({ accepted, refused, unknown, unsent, "sent before": sentBefore })
    .filter(([, n]) => n > 0)
    .map(([what, n]) => `${count(n)} ${what}`);
  return parts.length > 0 ? parts.join(" · ") : "no events";
}

function openText({ open, left }: ListedSend): string {
  if (!open) return "";
  if (open.elsewhere) return "Another tab of this page is sending this now.";
  const parts = [];
  if (open.undecided > 0) {
    parts.push(`Nobody knows whether ${counted(open.undecided, "event")} arrived. Look in Split, then decide.`);
  }
  if (open.unsent) {
    const what = left === undefined ? "It did not come to its end" : `${counted(left, "event")} can still be sent`;
    parts.push(`${what}: choose the same files again, and it goes on where it stopped.`);
  }
  return parts.join(" ");
}
