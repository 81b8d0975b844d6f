import { count } from "split-events/internal/words";
import type { Children } from "./foreign.js";
import { Icon, type IconName } from "./icon.js";

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
  meaning: Children;
}

export function Figures({ list }: { list: readonly Figure[] }) {
  return (
    <dl class="figures">
      {list.map(({ kind, n, meaning }) => (
        <div key={kind} class={`figure ${kind}${n === 0 ? " none" : ""}`} data-kind={kind}>
          <dt>
            <Icon name={signs[kind]} />
            {kind}
          </dt>
          <dd class="count">{count(n)}</dd>
          <dd class="meaning">{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Draws how the figures share the whole, to be seen at a glance. The figures beside it say the same. */
export function Shares({ list }: { list: readonly Pick<Figure, "kind" | "n">[] }) {
  return (
    <div class="shares" aria-hidden="true">
      {list
        .filter(({ n }) => n > 0)
        .map(({ kind, n }) => (
          <span key={kind} class={kind} style={{ flexGrow: n }} />
        ))}
    </div>
  );
}
