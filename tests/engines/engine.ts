import type { Serializable } from "./remote.js";

/** A browser engine that is installed on this machine. */
export interface Engine {
  readonly name: "Chromium" | "Firefox" | "WebKit";
  /** Starts it with the profile in this folder, which is kept for the next start. */
  start(profile: string): Promise<Browser>;
}

export interface Browser {
  /** Opens a page in a window or tab of its own; all pages have the same profile. */
  open(url: string): Promise<Page>;
  /** Ends it as its user would. */
  close(): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
}

/** Every call ends: what takes longer than 30 s rejects. */
export interface Page {
  /** Goes to the address, and resolves when it is loaded. */
  goto(url: string): Promise<void>;
  /** Runs the function in the page, awaits what it returns, and gives that. Both ways everything travels as JSON. */
  evaluate<A extends Serializable[], R>(action: (...args: A) => R | Promise<R>, ...args: A): Promise<R>;
  reload(): Promise<void>;
  /** Resolves when the page before is shown, whether it was kept in the back/forward cache or is loaded again. */
  back(): Promise<void>;
  forward(): Promise<void>;
  close(): Promise<void>;
}
