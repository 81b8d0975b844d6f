import type { Verdict } from "../words.js";
import { h } from "./dom.js";
import { signs } from "./figures.js";
import { icon } from "./icon.js";
import { title } from "./stage.js";

/** Draws the verdict on a result. `joy` celebrates one without a flaw. */
export function verdictView(
  { mood, headline, detail }: Verdict,
  { eyebrow, joy = false }: { eyebrow: string; joy?: boolean },
): HTMLElement {
  return h(
    "header",
    { class: `verdict ${mood}${joy ? " joy" : ""}` },
    h("span", { class: "mark" }, icon(signs[mood])),
    h("div", {}, h("p", { class: "eyebrow" }, eyebrow), title(headline)),
    h("p", { class: "lead" }, detail),
  );
}
