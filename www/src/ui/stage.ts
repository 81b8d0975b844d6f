import { h } from "./dom.js";

export type StepName = "Choose" | "Check" | "Send" | "Receipt";

/** What a step shows. */
export interface Scene {
  step: StepName;
  /** Its first line, which gets the focus. */
  heading: string;
  content: HTMLElement;
  /** Said by screen readers after the heading. */
  announcement?: string;
  /** Called when the step is left. */
  leave?: () => void;
}

const main = document.querySelector("main") as HTMLElement;
const live = document.querySelector("#live") as HTMLElement;
const forget = document.querySelector("#forget") as HTMLButtonElement;
const steps = [...document.querySelectorAll<HTMLElement>("#steps li")];
let leave: (() => void) | undefined;

/** Shows a step instead of the one before. Without `focus` the focus stays, as when the page has just been opened. */
export function show(scene: Scene, { focus = true } = {}): void {
  leave?.();
  leave = scene.leave;
  const heading = scene.content.querySelector("h1");
  main.replaceChildren(scene.content);
  main.dataset.step = scene.step.toLowerCase();
  document.title = scene.step === "Choose" ? "split-events" : `${scene.heading} · split-events`;
  markStep(scene.step);
  announce(scene.announcement ?? "");
  if (!focus) return;
  scrollTo({ top: 0 });
  heading?.focus({ preventScroll: true });
}

/** Says a text through screen readers. */
export function announce(text: string): void {
  live.textContent = text;
}

/** Disables forgetting while events are read or sent. */
export function setBusy(busy: boolean): void {
  forget.disabled = busy;
}

/** Makes the first line of a step. */
export function title(text: string): HTMLHeadingElement {
  return h("h1", { tabindex: "-1" }, text);
}

function markStep(step: StepName): void {
  const current = steps.findIndex((item) => item.textContent === step);
  for (const [at, item] of steps.entries()) {
    item.classList.toggle("done", at < current);
    if (at === current) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  }
}
