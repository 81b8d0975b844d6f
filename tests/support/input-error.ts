import { InputError } from "split-events";
import { expect } from "vitest";

/** Expects an input to fail, and returns the error. */
export async function failure(input: Promise<unknown>): Promise<InputError> {
  const error = await input.then(
    () => undefined,
    (error) => error,
  );
  expect(error).toBeInstanceOf(InputError);
  return error;
}
