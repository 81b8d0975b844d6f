import type { Control } from "split-events";

/** Pauses, stops and cuts what is under way. */
export interface Controls {
  control: Control;
  stop: AbortController;
  cut: AbortController;
}
