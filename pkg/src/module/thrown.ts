import { ConfigError } from "../errors/config-error.js";
import { ModuleError } from "../errors/module-error.js";
import { nearest } from "../options/near.js";
import type { Instance } from "./instance.js";

/** Returns what the module threw as an error of the package. The module throws plain objects. */
export function asError(thrown: unknown): unknown {
  if (typeof thrown === "object" && thrown !== null && "config" in thrown) {
    const { code, message } = thrown as unknown as { code: string; message: string };
    return new ConfigError(code, code === "invalid_mapping" ? `mapping: ${message}${nearWord(message)}` : message);
  }
  // an object of a module that failed was handed to the next one
  if (thrown instanceof Error && thrown.message.startsWith("expected instance of Raw")) {
    return new ModuleError("the module failed before this call was done: call it again", { cause: thrown });
  }
  return thrown;
}

/** Returns the word of a mapping that was probably meant, if a message ends with those that are allowed. */
function nearWord(message: string): string {
  const [, given = "", words = ""] = /"([^"]*)" is none of ([\w, ]+)$/.exec(message) ?? [];
  const near = given === "" ? undefined : nearest(given, words.split(", "));
  return near === undefined ? "" : `: did you mean ${near}?`;
}

/** Calls the module, and throws its errors as those of the package. */
export function withErrors<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw asError(error);
  }
}

/**
 * @throws ConfigError if an object of the module was freed.
 * @throws ModuleError if the module that it belongs to has failed.
 */
export function assertHeld(name: string, isFreed: boolean, instance: Instance): void {
  if (instance.failure) throw instance.failureOf(name, "make another one");
  if (isFreed) throw new ConfigError("freed", `this ${name} was freed: make another one`);
}
