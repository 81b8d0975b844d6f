import { visible } from "./text.js";

const LONGEST = 40;

interface Place {
  file?: string;
  line: number | null;
  index: number | null;
}

/** Where something stands, as `events.json:3`. Of a long path the end is shown. */
export function placeOf({ file, line, index }: Place): string {
  const name = file === undefined ? "" : shortened(visible(file));
  if (line !== null) return name === "" ? `line ${line}` : `${name}:${line}`;
  if (index === null) return name;
  return name === "" ? `event ${index}` : `${name}, event ${index}`;
}

/** From one place to another, as `events.json:3 – 500`. */
export function spanOf(from: Place, to: Place): string {
  if (from.file !== to.file || to.line === null) return `${placeOf(from)} – ${placeOf(to)}`;
  return from.line === to.line ? placeOf(from) : `${placeOf(from)} – ${to.line}`;
}

function shortened(name: string): string {
  return name.length <= LONGEST ? name : `…${name.slice(1 - LONGEST)}`;
}
