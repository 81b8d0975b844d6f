import type { Verdict } from "../messages/en.js";
import { signs } from "./figures.js";
import { Icon } from "./icon.js";
import { Title } from "./stage.js";

/** Draws the verdict on a result. `joy` celebrates one without a flaw. */
export function VerdictView({
  mood,
  headline,
  detail,
  eyebrow,
  joy = false,
}: Verdict & { eyebrow: string; joy?: boolean }) {
  return (
    <header class={`verdict ${mood}${joy ? " joy" : ""}`}>
      <span class="mark">
        <Icon name={signs[mood]} />
      </span>
      <div>
        <p class="eyebrow">{eyebrow}</p>
        <Title>{headline}</Title>
      </div>
      <p class="lead">{detail}</p>
    </header>
  );
}
