import { InputError } from "../errors/input-error.js";

/** Puts the name of a source in front of an error. */
export function ofSource(name: string, { code, message, cause }: InputError): InputError {
  return new InputError(code, `${name}: ${message}`, { cause });
}
