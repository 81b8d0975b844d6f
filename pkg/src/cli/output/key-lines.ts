import type { KeyShapes, Report } from "../../node.js";
import type { Colors } from "./grid.js";
import { count, counted, visible } from "./text.js";

const MOST_TYPES = 10;

/** What there is to say of the keys; nothing where they are all of one shape and none were to be known. */
export function keyLines({ keys, keyMatches, keyHint }: Report, colors: Colors): string {
  const lines = [shapes(keys)];
  for (const { trafficType, events, known, share } of keyMatches?.slice(0, MOST_TYPES) ?? []) {
    const name = trafficType === "" ? "other traffic types" : visible(trafficType);
    lines.push(`Known keys: ${count(known)} of ${counted(events, "event")} of ${name} (${percent(share)})`);
  }
  const more = (keyMatches?.length ?? 0) - MOST_TYPES;
  if (more > 0) lines.push(`Known keys: … and ${counted(more, "more traffic type")}`);
  if (keyHint) lines.push(colors.yellow(`Hint for ${visible(keyHint.trafficType)}: ${visible(keyHint.message)}`));
  return lines.filter((line) => line !== "").join("\n");
}

function shapes({ uuid, integer, email, other, capitals, spaces }: KeyShapes): string {
  const kinds = told([
    [uuid, "UUID", "UUIDs"],
    [integer, "whole number", "whole numbers"],
    [email, "e-mail address", "e-mail addresses"],
    [other, "of another shape", "of another shape"],
  ]);
  const odd = told([
    [capitals, "with capitals", "with capitals"],
    [spaces, "with white space", "with white space"],
  ]);
  if (kinds.length < 2 && odd.length === 0) return "";
  return `Keys: ${[...kinds, ...odd].join(", ")}`;
}

function told(rows: [n: number, one: string, more: string][]): string[] {
  return rows.filter(([n]) => n > 0).map(([n, one, more]) => counted(n, one, more));
}

// 99.99 % is not all, and 0.01 % is not none
function percent(share: number): string {
  const rounded = Math.round(share * 1000) / 10;
  const honest = share < 1 ? Math.min(rounded, 99.9) : rounded;
  return `${share > 0 ? Math.max(honest, 0.1) : 0} %`;
}
