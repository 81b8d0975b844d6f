import type { Do, Fault } from "./fault.js";
import { kinds } from "./kinds.js";
import { common, type Option, options } from "./options.js";

/** A list of faults is wrong. The message is one line that says which fault, and what was expected. */
export class FaultError extends TypeError {
  override readonly name = "FaultError";
}

/** Checks a list of faults. Throws a {@link FaultError} if one of them is wrong. */
export function parseFaults(list: unknown): Fault[] {
  if (!Array.isArray(list)) throw new FaultError(`expected a JSON array of faults, got ${shown(list)}`);
  return list.map((fault, index) => {
    const trouble = troubleWith(fault);
    if (trouble) throw new FaultError(`fault ${index + 1}: ${trouble}`);
    return fault as Fault;
  });
}

function troubleWith(fault: unknown): string | undefined {
  if (typeof fault !== "object" || fault === null || Array.isArray(fault)) {
    return `expected an object, got ${shown(fault)}`;
  }
  const given = fault as Record<string, unknown>;
  if (!isKind(given.do)) return `"do" is ${shown(given.do)}, expected one of ${Object.keys(kinds).join(", ")}`;
  const { needs, may } = kinds[given.do];
  const known: readonly string[] = [...needs, ...may, ...common];

  const missing = needs.find((option) => given[option] === undefined);
  if (missing) return `"${given.do}" needs "${missing}", ${options[missing].expected}`;
  for (const [option, value] of Object.entries(given)) {
    if (option === "do" || value === undefined) continue;
    if (!known.includes(option)) return `"${given.do}" has no option "${option}", only ${known.join(", ")}`;
    const { fits, expected } = options[option as Option];
    if (!fits(value)) return `"${option}" is ${shown(value)}, expected ${expected}`;
  }
  if (given.when !== "headers") return undefined;
  if (given.take === true) return 'with "when": "headers" the body is never read, so "take" cannot be true';
  const ofBody = ["bytesOver", "contains"].find((option) => given[option] !== undefined);
  return ofBody && `"${ofBody}" needs the body read, so it cannot go with "when": "headers"`;
}

const isKind = (value: unknown): value is Do => typeof value === "string" && Object.hasOwn(kinds, value);

function shown(value: unknown): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
