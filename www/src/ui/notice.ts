import { type Child, h } from "./dom.js";

/** `plain` informs, `warning` asks for a decision, `error` says what did not work. */
export type Tone = "plain" | "warning" | "error";

export function notice(tone: Tone, ...children: Child[]): HTMLElement {
  return h("div", { class: `notice ${tone}`, ...(tone === "error" && { role: "alert" }) }, ...children);
}
