import valid from "ajv-standalone";

/** Returns the event if ajv takes it, `undefined` otherwise. */
export function validated<T>(event: T): T | undefined {
  return valid(event) ? event : undefined;
}
