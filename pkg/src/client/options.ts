import type { KeyTypes } from "../check/options.js";
import type { Options, OptionsOf } from "../options/table.js";
import type { Attempted, Outcome } from "../receipt/outcome.js";
import type { Store } from "../stores/store.js";
import type { Tracked } from "./tracked.js";

interface ClientTypes extends KeyTypes {
  journal: Store;
  onRefused: (event: object, tracked: Tracked) => void;
  onAttempt: (attempted: Attempted) => void;
  onSettled: (outcome: Outcome, body?: Uint8Array) => void;
}

/** How a client checks, queues and delivers events. */
export interface ClientOptions extends OptionsOf<"createClient", ClientTypes>, Options {}

/** How one call of `flush` sends. */
export interface FlushOptions extends OptionsOf<"client.flush">, Options {}

/** How a client is closed. */
export interface CloseOptions extends OptionsOf<"client.close">, Options {}
