import type { Serializable } from "./remote.js";

/** A browser engine that is installed on this machine. */
export interface Engine {
  readonly name: "Chromium" | "Firefox" | "WebKit";
  /** Starts it with the profile in this folder, which is kept for the next start. */
  start(profile: string, settings?: Settings): Promise<Browser>;
}

export interface Settings {
  /** Pages are told that the user prefers dark colours. */
  dark?: boolean;
}

/** Motion is reduced; `service.test` is this machine, by a name that is not taken for it. */
export interface Browser {
  /** The folder in which downloads are saved. */
  readonly downloads: string;
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
  /** Runs the function in the page, awaits what it returns, and returns that. Both ways everything travels as JSON. */
  evaluate<A extends Serializable[], R>(action: (...args: A) => R | Promise<R>, ...args: A): Promise<R>;
  /** Evaluates an expression of a promise of JSON. */
  run(expression: string): Promise<string | undefined>;
  reload(): Promise<void>;
  /** Resolves when the page before is shown, whether it was kept in the back/forward cache or is loaded again. */
  back(): Promise<void>;
  forward(): Promise<void>;
  close(): Promise<void>;

  /** Clicks at this point of what is shown, as a person does. */
  click(x: number, y: number, times: number): Promise<void>;
  /** Presses and releases a key, as a person does. */
  press(key: Key): Promise<void>;
  /** Types a text of ASCII characters into what has the focus. */
  type(text: string): Promise<void>;
  /** Chooses these files in the next dialog that asks for files. */
  pick(paths: string[]): Promise<void>;
  /** Whether no dialog has asked for the files yet. */
  readonly isPicking: boolean;
  /** Answers questions of the page from now on; before, they are answered with yes. */
  answer(yes: boolean): void;
  /** The kinds of the questions so far, such as `beforeunload`. */
  readonly asked: string[];
  /** Takes the page offline or back: no new request reaches `service.test`. */
  setOffline(offline: boolean): Promise<void>;
  /** Gives the page this width and height, in pixels. */
  resize(width: number, height: number): Promise<void>;
}

export type Key = "Tab" | "Enter" | "Escape" | "Delete" | "Space";
