import { ConfigError } from "../errors/config-error.js";
import { ELSEWHERE } from "../place.js";
import { elsewhere } from "./elsewhere.js";
import { nearest } from "./near.js";
import { lastOf, parentOf, type Row, TABLE } from "./rows.js";
import { TAKERS, type Taker } from "./table.js";

/** The most characters of a name that a message repeats. */
const SHOWN = 80;

/**
 * Returns the error for a name that is no option, with the name that was probably meant. It does not repeat the value,
 * which may be a secret.
 */
export function unknownOption(taker: Taker, name: string, parent: string): ConfigError {
  if (ELSEWHERE.includes(parent + name)) return elsewhere(`the option ${parent}${name} is taken`);
  const whole = parent + (/^\w{1,80}$/.test(name) ? name : JSON.stringify(name.slice(0, SHOWN)));
  return new ConfigError("unknown_option", `${whole} is ${instead(taker, name, parent)}`);
}

function instead(taker: Taker, name: string, parent: string): string {
  const none = `no option of ${taker}`;
  const all = TABLE.filter(({ internal }) => !internal);
  const rows = all.filter(({ of }) => of.includes(taker));
  const named = rows.find((row) => lastOf(row.name) === name || row.meant?.includes(name));
  if (named) return `${none}: did you mean ${named.name}?`;
  const takers = all.filter((row) => row.name === parent + name || parentOf(row.name) === name).flatMap(({ of }) => of);
  if (takers.length > 0) return `an option of ${listed([...new Set(takers)])}, not of ${taker}`;
  const near = nearestRow(name, rows);
  if (near) return `${none}: did you mean ${near.name}?`;
  const other = all.find((row) => row.meant?.includes(name)) ?? nearestRow(name, all);
  if (other) return `${none}: did you mean ${other.name}, an option of ${listed(other.of)}?`;
  return `${none}: ${TAKERS[taker]} says which there are`;
}

function nearestRow(name: string, rows: readonly Row[]): Row | undefined {
  const names = (row: Row) => [row.name, lastOf(row.name), ...(row.meant ?? [])];
  const near = nearest(name, rows.flatMap(names));
  return near === undefined ? undefined : rows.find((row) => names(row).includes(near));
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
