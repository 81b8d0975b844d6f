import type { Resolution, Unknown } from "split-events";
import type { Words } from "../memory/journal.js";
import { span } from "./batches.js";
import { h } from "./dom.js";
import { count, counted, listed } from "./format.js";

/** More are decided together. */
const MOST = 20;

const CHOICES: readonly (readonly [Resolution | "", string])[] = [
  ["", "I don’t know yet"],
  ["accepted", "They arrived"],
  ["resend", "Send them again"],
  ["drop", "Give them up"],
];

/** Lets the user say of each unknown batch what became of it, or of all at once. */
export function decisions(
  list: readonly Unknown[],
  { label, onDecide }: { label: string; onDecide: (words: Words) => void },
): HTMLElement {
  const selects = new Map<Unknown, HTMLSelectElement>();
  const wordOf = (batch: Unknown) =>
    (selects.get(batch)?.value ?? (everyone.value || (batch.decided ?? ""))) as Resolution | "";
  const sum = h("p", { id: "unknown-sum", class: "small", role: "status" });
  const drawSum = () => {
    sum.className = "small";
    sum.textContent = summary(list, wordOf);
  };
  const chooser = (id: string, describedBy: string, empty?: string) => {
    const select = h(
      "select",
      { id, "aria-describedby": describedBy },
      ...CHOICES.map(([value, text]) => h("option", { value }, value === "" && empty !== undefined ? empty : text)),
    );
    select.addEventListener("change", drawSum);
    return select;
  };

  const everyone = chooser("unknown-all", "unknown-sum", "Each by itself");
  everyone.addEventListener("change", () => {
    for (const select of selects.values()) select.value = everyone.value;
    drawSum();
  });
  const rows = list.slice(0, MOST).map((batch, at) => {
    const id = `unknown-${at}`;
    const select = chooser(id, `${id}-why`);
    select.value = batch.decided ?? "";
    select.addEventListener("change", () => {
      if (list.length <= MOST) everyone.value = "";
    });
    selects.set(batch, select);
    return h(
      "li",
      { class: "batch unknown", "data-id": batch.id },
      h("p", {}, h("label", { for: id }, h("strong", {}, counted(batch.events, "event")), ...span(batch))),
      h(
        "p",
        { id: `${id}-why`, class: "message" },
        `${batch.message ?? ""} `,
        h("code", {}, batch.reason ?? ""),
        " · batch ",
        h("code", {}, batch.id),
      ),
      select,
    );
  });
  const rest = list.length - rows.length;
  const form = h(
    "form",
    { class: "decisions" },
    h("p", {}, "No answer says whether the service took them. Look in Split whether they arrived, then say so here:"),
    h(
      "ul",
      { class: "bullets" },
      h("li", {}, "what arrived counts as accepted, and is not sent again;"),
      h("li", {}, "what you send again counts twice if it did arrive;"),
      h("li", {}, "what you give up is missing if it did not."),
    ),
    list.length > 1 &&
      h(
        "div",
        { class: "everyone" },
        h("label", { for: "unknown-all" }, `All ${count(list.length)} batches at once`),
        everyone,
      ),
    h("ul", { class: "batches" }, ...rows),
    rest > 0 &&
      h(
        "p",
        { class: "small" },
        `${counted(rest, "more batch", "more batches")}: what you say of all counts for them.`,
      ),
    sum,
    h("div", { class: "actions" }, h("button", { class: "button" }, label)),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const words = new Map<string, Resolution | "unknown">();
    for (const batch of list) {
      const word = wordOf(batch);
      if (word !== (batch.decided ?? "")) words.set(batch.id, word === "" ? "unknown" : word);
    }
    if (words.size > 0) return onDecide(words);
    sum.className = "trouble";
    sum.textContent = "Nothing has changed: say of at least one batch what became of it.";
    (list.length > 1 ? everyone : selects.values().next().value)?.focus();
  });
  drawSum();
  return form;
}

/** Such as `500 events count as arrived, 200 events stay unknown.` */
function summary(list: readonly Unknown[], wordOf: (batch: Unknown) => Resolution | ""): string {
  const part = (word: Resolution | "", what: string) => {
    const events = list.filter((batch) => wordOf(batch) === word).reduce((sum, { events }) => sum + events, 0);
    return events > 0 ? [`${counted(events, "event")} ${what}`] : [];
  };
  const parts = [
    ...part("accepted", "arrived"),
    ...part("resend", "to send again"),
    ...part("drop", "given up"),
    ...part("", "undecided"),
  ];
  return `So far: ${listed(parts)}.`;
}
