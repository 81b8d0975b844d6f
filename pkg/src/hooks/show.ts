import { runtimeName } from "../module/module.js";

/**
 * Shows an error of the user's own code that no caller gets. Only in a page is `reportError` harmless: Deno ends the
 * process by it.
 */
export function show(what: string, error: unknown): void {
  if (runtimeName() === "browser" && typeof reportError === "function") reportError(error);
  else console.error(`split-events: ${what}:`, error);
}
