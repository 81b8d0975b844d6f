import { ConfigError } from "../errors/config-error.js";
import type { Instance } from "./instance.js";

/** Returns what the module threw as an error of the package. The module throws plain objects. */
export function asError(thrown: unknown): unknown {
  if (typeof thrown === "object" && thrown !== null && "config" in thrown) {
    const { code, message } = thrown as unknown as { code: string; message: string };
    return new ConfigError(code, message);
  }
  return thrown;
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
