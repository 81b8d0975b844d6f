import { count } from "split-events/internal/words";
import { type Child, h } from "./dom.js";
import { type IconName, icon } from "./icon.js";

/** A kind of event: each has its own colour and its own sign, so that colour is never all that tells them apart. */
export type Kind = "events" | "clean" | "repaired" | "refused" | "warned" | "accepted" | "unknown" | "unsent";

export const signs: Record<Kind, IconName> = {
  events: "list",
  clean: "check",
  repaired: "wrench",
  refused: "cross",
  warned: "eye",
  accepted: "check",
  unknown: "question",
  unsent: "pause",
};

export interface Figure {
  kind: Kind;
  n: number;
  meaning: Child;
}

export function figures(list: readonly Figure[]): HTMLElement {
  return h(
    "dl",
    { class: "figures" },
    ...list.map(({ kind, n, meaning }) =>
      h(
        "div",
        { class: `figure ${kind}${n === 0 ? " none" : ""}`, "data-kind": kind },
        h("dt", {}, icon(signs[kind]), kind),
        h("dd", { class: "count" }, count(n)),
        h("dd", { class: "meaning" }, meaning),
      ),
    ),
  );
}

/** Draws how the figures share the whole, to be seen at a glance. The figures beside it say the same. */
export function shares(list: readonly Pick<Figure, "kind" | "n">[]): HTMLElement {
  const parts = list
    .filter(({ n }) => n > 0)
    .map(({ kind, n }) => {
      const part = h("span", { class: kind });
      part.style.flexGrow = String(n);
      return part;
    });
  return h("div", { class: "shares", "aria-hidden": "true" }, ...parts);
}
