import type { KeyTypes } from "../check/options.js";
import type { Input } from "../input/sources.js";
import type { Options, OptionsIn, OptionsOf } from "../options/table.js";
import type { Attempted, State } from "../receipt/outcome.js";
import type { Store } from "../stores/store.js";
import type { Control } from "./control.js";
import type { Progress } from "./progress.js";

interface StoreTypes {
  journal: Store;
  ledger: Store;
}

interface SendTypes extends KeyTypes, StoreTypes {
  source: Input;
  control: Control;
  onProgress: (progress: Progress) => void;
  onAttempt: (attempted: Attempted) => void;
  onUndelivered: (state: Exclude<State, "accepted">, lines: Uint8Array, rows?: Uint8Array) => void | Promise<void>;
}

/** What outlives the process. */
export interface StoreOptions extends OptionsIn<"stores", StoreTypes>, Options {}

/** How an input is checked, batched and delivered. */
export interface SendOptions extends OptionsOf<"send", SendTypes>, Options {}

/** The options of `resumeImport`. How the import is checked and batched is in its journal. */
export interface ResumeOptions extends OptionsOf<"resumeImport", SendTypes>, Options {}
