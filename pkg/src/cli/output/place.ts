import type { Issue, Position } from "../../node.js";
import { placesOf } from "../../words/index.js";
import { fileName, visible } from "./text.js";

const LONGEST = 40;

/** Says where an issue is, as `events.json:3`. Of a long path the end is shown. */
export function placeOf({ file, line, index }: Pick<Issue, "file" | "line" | "index">): string {
  const name = file === undefined ? "" : shortened(file);
  if (file === "-") return `${name}, ${line === null ? `event ${(index ?? 0) + 1}` : `line ${line}`}`;
  if (line !== null) return name === "" ? `line ${line}` : `${name}:${line}`;
  if (index === null) return name;
  return name === "" ? `event ${index + 1}` : `${name}, event ${index + 1}`;
}

/** Says where neighbouring events are, as `events.json, lines 3 to 500`. */
export function spanOf(span: { from: Position; to: Position }): string {
  const places = placesOf(span).map(({ file, at }) => (file === undefined ? at : `${shortened(file)}, ${at}`));
  return places.join(" to ");
}

function shortened(file: string): string {
  const name = file === "-" ? fileName(file) : visible(file);
  return name.length <= LONGEST ? name : `…${name.slice(1 - LONGEST)}`;
}
