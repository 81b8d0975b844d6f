import { ConfigError } from "../errors/config-error.js";
import { lastOf, parentOf, type Row, rowsFor } from "./rows.js";
import { TAKERS, type Taker } from "./table.js";
import { unknownOption } from "./unknown.js";
import { checkedValue, invalid, keyMissing } from "./values.js";

type Values = Record<string, unknown>;

/**
 * Returns the options that were given, checked, in a new object. With `partial` none is required.
 *
 * @throws ConfigError if one is no option of the function, or has a value that it may not have.
 */
export function checked<T extends object>(taker: Taker, options: T | null | undefined, partial = false): T {
  const rows = rowsFor(taker);
  const nested = rows.filter(({ name }) => name.includes("."));
  const parents = new Set(nested.map(({ name }) => parentOf(name)));
  const own = rows.filter((row) => !nested.includes(row));
  const given = objectOf("options", `an object, as ${TAKERS[taker]} describes it`, options);
  refuseOthers(taker, given, [...own.map(({ name }) => name), ...parents]);
  const secret = given.apiKey;
  const values = valuesOf(own, given, secret);
  for (const parent of parents) {
    if (!isGiven(given[parent])) continue;
    const inner = nested.filter(({ name }) => parentOf(name) === parent);
    const names = inner.map(({ name }) => lastOf(name));
    const within = objectOf(parent, `an object as { ${names.join(", ")} }`, given[parent]);
    refuseOthers(taker, within, names, `${parent}.`);
    values[parent] = valuesOf(inner, within, secret);
  }
  for (const { name, required, needs } of rows) {
    if (required && !partial && !(name in values)) throw keyMissing();
    if (needs !== undefined && name in values && !(needs in values)) {
      throw new ConfigError("invalid_option", `${name} does nothing without ${needs}: give both, or neither`);
    }
  }
  return values as T;
}

/** Returns the options as the module reads them: with the defaults of those that were not given. */
export function withDefaults(taker: Taker, options: object): Values {
  const values: Values = {};
  for (const { name, default: usual } of rowsFor(taker)) {
    if (usual === undefined) continue;
    const parent = parentOf(name);
    if (parent === "") values[name] = usual;
    else values[parent] = { ...(values[parent] as object), [lastOf(name)]: usual };
  }
  for (const [name, value] of Object.entries(options)) {
    values[name] = isDefaulted(values[name]) ? { ...values[name], ...(value as object) } : value;
  }
  return values;
}

/** Returns whether it is the defaults of options within an object. */
function isDefaulted(value: unknown): value is object {
  return typeof value === "object";
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function objectOf(what: string, expected: string, value: unknown): Values {
  if (!isGiven(value)) return {};
  if (typeof value !== "object" || Symbol.iterator in (value as object)) throw invalid(what, expected, kindOf(value));
  if (typeof (value as Values).then === "function") throw invalid(what, expected, "a promise: await it");
  return value as Values;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object that is iterated over" : `a ${typeof value}`;
}

function refuseOthers(taker: Taker, given: Values, names: readonly string[], parent = ""): void {
  for (const name in given) {
    if (names.includes(name) || !isGiven(given[name])) continue;
    // a name that a program has added to all objects was not given
    if (!Object.hasOwn(given, name) && name in Object.prototype) continue;
    throw unknownOption(taker, name, parent);
  }
}

function valuesOf(rows: readonly Row[], given: Values, secret: unknown): Values {
  const values: Values = {};
  for (const row of rows) {
    const name = lastOf(row.name);
    const value = given[name];
    if (isGiven(value)) values[name] = checkedValue(row, value, secret);
  }
  return values;
}
