import { type Child, h } from "./dom.js";

/** `plain` is good to know, `warning` asks for a decision, `error` says that something did not work. */
export type Tone = "plain" | "warning" | "error";

export function notice(tone: Tone, ...children: Child[]): HTMLElement {
  return h("div", { class: `notice ${tone}`, ...(tone === "error" && { role: "alert" }) }, ...children);
}
