import type { Resolution, Unknown } from "split-events";
import { count, counted, eventsIn, listed, decisions as possible, sentence } from "split-events/internal/words";
import type { Decisions } from "../memory/journal.js";
import { spanView } from "./batches.js";
import { h } from "./dom.js";

/** Batches beyond this are decided about together. */
const MOST = 20;

const CHOICES: readonly (readonly [Resolution | "", string])[] = [
  ["", "I don’t know yet"],
  ["accepted", possible.accepted.label],
  ["resend", possible.resend.label],
  ["drop", possible.drop.label],
];

/** Lets the user decide about each unknown batch, or about all at once. */
export function decisionForm(
  list: readonly Unknown[],
  { label, onDecide }: { label: string; onDecide: (decisions: Decisions) => void },
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

  const everyone = chooser("unknown-all", "unknown-sum", "Decide about each batch");
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
      h("p", {}, h("label", { for: id }, h("strong", {}, counted(batch.events, "event")), ...spanView(batch))),
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
    h("p", {}, "No answer said whether the service took them. Look in Split whether they arrived, then decide:"),
    h(
      "ul",
      { class: "bullets" },
      ...Object.values(possible).map(({ label, effect }) =>
        h("li", {}, h("strong", {}, `${label}: `), sentence(effect)),
      ),
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
        `There are ${counted(rest, "more batch", "more batches")}, which the decision about all batches covers.`,
      ),
    sum,
    h("div", { class: "actions" }, h("button", { class: "button" }, label)),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const decisions = new Map<string, Resolution | "unknown">();
    for (const batch of list) {
      const word = wordOf(batch);
      if (word !== (batch.decided ?? "")) decisions.set(batch.id, word === "" ? "unknown" : word);
    }
    if (decisions.size > 0) return onDecide(decisions);
    sum.className = "trouble";
    sum.textContent = "Nothing has changed: decide about at least one batch.";
    (list.length > 1 ? everyone : selects.values().next().value)?.focus();
  });
  drawSum();
  return form;
}

/** Sums up the decisions, as `So far: 500 events arrived and 200 events undecided.` */
function summary(list: readonly Unknown[], wordOf: (batch: Unknown) => Resolution | ""): string {
  const part = (word: Resolution | "", what: string) => {
    const events = eventsIn(list.filter((batch) => wordOf(batch) === word));
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
