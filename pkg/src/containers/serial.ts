import type { DateStyle } from "./styles.js";
import { dayText, timeOfDayText } from "./times.js";

const DAY_MS = 86_400_000;
/** The days from 1899-12-30 to 1970, and from 1904-01-01. */
const [TO_1970, FROM_1904] = [25_569, 24_107];
/** The first number that is no day: 10000-01-01. */
const END = 2_958_466;
/** Excel has a day 1900-02-29, which was none. The days before it have numbers that are one too small. */
const NO_DAY = 60;

/**
 * Returns a day, a time or both as ISO 8601 without a zone, as a workbook means its number; `undefined` if the number is
 * none.
 */
export function serialText(serial: number, style: NonNullable<DateStyle>, is1904: boolean): string | undefined {
  const ms = Math.round(serial * DAY_MS);
  if (style === "passed") return ms < 0 ? undefined : passedText(ms);
  const ofDay = ((ms % DAY_MS) + DAY_MS) % DAY_MS;
  const day = (ms - ofDay) / DAY_MS;
  if (day < 0 || day >= END) return undefined;
  const time = timeOfDayText(BigInt(ofDay % 1000 === 0 ? ofDay / 1000 : ofDay), ofDay % 1000 === 0 ? 0 : 3);
  if (day === 0 && (style === "time" || (!is1904 && ofDay > 0))) return time;
  if (!is1904 && (day === 0 || day === NO_DAY)) return undefined;
  const since1970 = is1904 ? day - FROM_1904 : day - TO_1970 + (day < NO_DAY ? 1 : 0);
  return style === "day" && ofDay === 0 ? dayText(since1970) : `${dayText(since1970)}T${time}`;
}

/** Writes a time that has passed, whose hours may be more than 23. */
function passedText(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  const rest = timeOfDayText(BigInt(ms % 3_600_000), 3).slice(2);
  return `${String(hours).padStart(2, "0")}${rest.replace(/\.000$/, "")}`;
}
