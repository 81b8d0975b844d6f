import { ConfigError, InputError, StoreError } from "split-events";
import type { Trouble } from "../link/protocol.js";

/** Returns an error as it crosses to the page. */
export function troubleOf(error: unknown): Trouble {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ConfigError) return { kind: "config", code: error.code, message };
  if (error instanceof InputError) return { kind: "input", code: error.code, message };
  if (error instanceof StoreError) return { kind: "store", code: error.code, message };
  return { kind: "other", code: "unexpected", message };
}
