import type { Options, OptionsOf } from "../options/table.js";
import type { Attempted, Outcome } from "../receipt/outcome.js";

interface OutboxTypes {
  onAttempt: (attempted: Attempted) => void;
  onSettled: (outcome: Outcome) => void;
}

/** How an {@link Outbox} delivers. `deadlineMs` and `retry.attempts` apply to each call of `deliver`. */
export interface OutboxOptions extends OptionsOf<"Outbox.open", OutboxTypes>, Options {}

/** How one call of `deliver` sends. */
export interface DeliverOptions extends OptionsOf<"outbox.deliver">, Options {}

/** Which part of a list is returned. */
export interface ListOptions extends OptionsOf<"outbox.list">, Options {}

/** Which part of the batches in a state is resolved. */
export interface ResolveAllOptions extends OptionsOf<"outbox.resolveAll">, Options {}
