import type { Kind, Option } from "./option.js";
import { GROUPS, type Taker } from "./table.js";

/** An option with its name. The name of one within an object has that before it: `retry.baseMs`. */
export interface Row extends Option<unknown, Taker> {
  name: string;
}

/** Every option of every group; one within an object follows as a row of its own. */
export const TABLE: readonly Row[] = Object.values(GROUPS).flatMap((group) =>
  Object.entries<Option<unknown, Taker>>(group).flatMap(([name, option]) =>
    option.within === undefined
      ? [{ name, ...option }]
      : Object.entries(option.within).map(([own, inner]) => ({
          name: `${name}.${own}`,
          ...(inner as Option<unknown, Taker>),
        })),
  ),
);

/** Returns the object that an option is in; empty for one in none. */
export function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.indexOf(".")));
}

/** Returns the name of an option within its object. */
export function lastOf(name: string): string {
  return name.slice(name.indexOf(".") + 1);
}

const rowsOf = new Map<Taker, readonly Row[]>();

/** Returns the options that a function takes, in the order of the table. */
export function rowsFor(taker: Taker): readonly Row[] {
  const rows = rowsOf.get(taker) ?? TABLE.filter(({ of }) => of.includes(taker));
  rowsOf.set(taker, rows);
  return rows;
}

/** Returns an option of a function. Throws `RangeError` if the function has none of this name. */
export function rowOf(taker: Taker, name: string): Row {
  const row = rowsFor(taker).find((row) => row.name === name);
  if (row === undefined) throw new RangeError(`${taker} has no option ${name}`);
  return row;
}

/** Returns the default of an option that is a number. */
export function defaultOf(taker: Taker, name: string): number {
  return rowOf(taker, name).default as number;
}

/** Says what an option must be, in the words of an error and of the documentation. */
export function expected({ type, unit, least, most, above, words = [] }: Kind): string {
  switch (type) {
    case "whole":
      return `a whole number of ${units(unit)} from ${least} to ${most}`;
    case "number": {
      const from = least === undefined ? "" : `, ${above ? "more than" : "at least"} ${least}`;
      return `${units(unit)}${from}${most === undefined ? "" : `, at most ${most}`}`;
    }
    case "boolean":
      return "true or false";
    case "word": {
      const all = words.map((word) => JSON.stringify(word));
      return all.length < 2 ? all.join() : `${all.slice(0, -1).join(", ")} or ${all.at(-1)}`;
    }
    case "texts":
      return "an array of strings";
    case "clock":
      return "Unix time in milliseconds, or false";
    case "address":
      return "an http or https address";
    case "columns":
      return 'an object that gives columns their fields, as { user_id: "key" }';
    case "fields":
      return 'an object that gives fields their value, as { trafficTypeName: "user" }';
    case "mapping":
      return "a mapping, as an object or as its JSON text";
    case "statuses":
      return 'an object that gives statuses their meanings, as { 503: "unknown", "5xx": "retry" }';
    case "store":
      return "a store such as memoryStore()";
    case "signal":
      return "an AbortSignal";
    case "control":
      return "a Control";
    case "function":
    case "hook":
      return "a function";
    case "key":
    case "text":
      return "a string";
    case "object":
      return "an object";
    case "any":
      return "anything";
  }
}

function units(unit: string | undefined): string {
  if (unit === undefined) return "a number";
  return unit === "ms" ? "milliseconds" : unit;
}
