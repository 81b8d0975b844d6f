import type { KeyShapes, Report } from "../../node.js";
import { count, counted, listed } from "../../words/index.js";
import type { Colors } from "./grid.js";
import { visible } from "./text.js";

const MOST_TYPES = 10;

/** Says what is worth knowing of the keys; an empty text if they are all of one kind and no known keys were given. */
export function keyLines({ keys, keyMatches, keyHint }: Report, colors: Colors): string {
  const lines = [shapes(keys)];
  for (const { trafficType, events, known, share } of keyMatches?.slice(0, MOST_TYPES) ?? []) {
    const name = trafficType === "" ? "other traffic types" : `traffic type ${visible(trafficType)}`;
    lines.push(`Known keys: in ${count(known)} of ${counted(events, "event")} of ${name} (${percent(share)})`);
  }
  const more = (keyMatches?.length ?? 0) - MOST_TYPES;
  if (more > 0) lines.push(`Known keys: … and ${counted(more, "more traffic type")}`);
  if (keyHint) {
    lines.push(colors.yellow(`Why few keys of ${visible(keyHint.trafficType)} are known: ${visible(keyHint.message)}`));
  }
  return lines.filter((line) => line !== "").join("\n");
}

function shapes({ uuid, integer, email, other, capitals, spaces }: KeyShapes): string {
  const kinds = some([
    [uuid, "is a UUID", "are UUIDs"],
    [integer, "is a whole number", "are whole numbers"],
    [email, "is an e-mail address", "are e-mail addresses"],
    [other, "is other text", "are other texts"],
  ]);
  const odd = some([
    [capitals, "key has capital letters", "keys have capital letters"],
    [spaces, "key has white space inside", "keys have white space inside"],
  ]);
  const parts = [
    ...(kinds.length > 1 ? [`The keys are of different kinds: ${listed(kinds)}.`] : []),
    ...(odd.length > 0 ? [`${listed(odd)}.`] : []),
  ];
  return parts.join(" ");
}

function some(rows: [n: number, one: string, more: string][]): string[] {
  return rows.filter(([n]) => n > 0).map(([n, one, more]) => counted(n, one, more));
}

/** 99.99 % is not all, and 0.01 % is not none. */
function percent(share: number): string {
  const rounded = Math.round(share * 1000) / 10;
  const honest = share < 1 ? Math.min(rounded, 99.9) : rounded;
  return `${share > 0 ? Math.max(honest, 0.1) : 0} %`;
}
