import type { Options, OptionsIn, OptionsOf } from "../options/table.js";

/** Where and how a batch is posted. */
export interface DeliveryOptions extends OptionsOf<"submit">, Options {}

/** How batches are sent one after the other. */
export interface PaceOptions extends OptionsIn<"pace">, Options {}
