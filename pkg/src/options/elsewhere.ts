import { ConfigError } from "../errors/config-error.js";
import { ENTRY } from "../place.js";

/** Returns the error for what only the whole package does, as `gzip is read`. */
export function elsewhere(what: string): ConfigError {
  return new ConfigError("part_lacks", `${what} by split-events, not by ${ENTRY}: import from "split-events"`);
}
