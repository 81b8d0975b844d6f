import { StoreError } from "../../errors/store-error.js";

/** Returns the error for a failure of IndexedDB, with what to do about it. */
export function explain(title: string, cause: unknown): StoreError {
  if (cause instanceof StoreError) return cause;
  const { name, message } = cause instanceof Error ? cause : { name: "Error", message: String(cause) };
  if (name === "QuotaExceededError") {
    return new StoreError("store_full", `${title} has no room: ${message}: free space for this site`, cause);
  }
  const [what, advice] = MEANINGS[name] ?? ["failed", "close it and open it again"];
  return new StoreError("store_failed", `${title} ${what}: ${advice} (${name}: ${message})`, cause);
}

/** Returns the error for what lasted longer than `ms` milliseconds. */
export function tooLate(title: string, what: string, ms: number): StoreError {
  const advice = "close the site's other pages and reload this one, or go on without the store";
  return new StoreError("store_failed", `${title} ${what} within ${ms / 1000} s: ${advice}`);
}

const MEANINGS: Record<string, [what: string, advice: string]> = {
  SecurityError: [
    "cannot be used: the browser keeps no data for this site",
    "allow this site to store data, or go on without the store",
  ],
  VersionError: ["has been changed by a newer version of this page", "reload the page"],
  InvalidStateError: [
    "cannot be used: the browser has closed it, or stores nothing for this page, as in some private windows",
    "reload the page, or go on without the store",
  ],
  UnknownError: [
    "cannot be used: the browser cannot read or write its own files",
    "make sure that the disk has room, restart the browser, and if that does not help, clear this site's data",
  ],
};
