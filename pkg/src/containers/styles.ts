import type { Member } from "./member.js";
import { takeXml } from "./xml.js";

/** What the number of a cell means, by how it is shown: a day, a time of day, both, or the time that has passed. */
export type DateStyle = "day" | "time" | "both" | "passed" | undefined;

/** Reads which styles of cells show dates. */
export async function dateStyles(member: Member): Promise<DateStyle[]> {
  const formats = new Map<number, string>();
  const styles: DateStyle[] = [];
  let inCells = false;
  await takeXml(member, {
    open(tag, { numFmtId = "0", formatCode = "" }) {
      if (tag === "numFmt") formats.set(Number(numFmtId), formatCode);
      if (tag === "cellXfs") inCells = true;
      if (tag === "xf" && inCells) styles.push(styleOf(Number(numFmtId), formats.get(Number(numFmtId))));
    },
    close(tag) {
      if (tag === "cellXfs") inCells = false;
    },
  });
  return styles;
}

function styleOf(id: number, format: string | undefined): DateStyle {
  if (format !== undefined) return dateStyle(format);
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 58)) return "day";
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id === 45 || id === 47) return "time";
  if (id === 22) return "both";
  return id === 46 ? "passed" : undefined;
}

/** Tells what a format shows by its letters, such as `yyyymmdd`. The first of its sections is for positive numbers. */
function dateStyle(format: string): DateStyle {
  const [section = ""] = format
    .replaceAll(/"[^"]*"|\\.|_.|\*./g, "")
    .replaceAll(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, "")
    .split(";");
  if (/\[(h+|m+|s+)\]/i.test(section)) return "passed";
  const letters = section.replaceAll(/general|am\/pm|a\/p/gi, (word) => (/^g/i.test(word) ? "" : "h"));
  const isDay = /[yde]|m{3}/i.test(letters);
  const isTime = /[hs]/i.test(letters);
  if (isDay && isTime) return "both";
  if (isDay) return "day";
  if (isTime) return "time";
  return /m/i.test(letters) ? "day" : undefined;
}
