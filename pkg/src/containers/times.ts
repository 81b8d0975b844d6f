/** How many digits stand behind the seconds. */
export type Unit = 0 | 3 | 6 | 9;

const DAY_SECONDS = 86_400n;

/** Returns a time since 1970 as ISO 8601, with all its digits, and with `Z` if it is a moment in UTC. */
export function timeText(since: bigint, digits: Unit, isUtc: boolean): string {
  const per = 10n ** BigInt(digits);
  const perDay = DAY_SECONDS * per;
  const ofDay = ((since % perDay) + perDay) % perDay;
  const day = Number((since - ofDay) / perDay);
  return `${dayText(day)}T${timeOfDayText(ofDay, digits)}${isUtc ? "Z" : ""}`;
}

/** Returns a day since 1970 as ISO 8601. */
export function dayText(day: number): string {
  const date = new Date(day * 86_400_000);
  return Number.isNaN(date.getTime()) ? `${day} days since 1970` : (date.toISOString().split("T")[0] as string);
}

/** Returns a time since midnight, as `10:00:00.123`. */
export function timeOfDayText(ofDay: bigint, digits: Unit): string {
  const per = 10n ** BigInt(digits);
  const seconds = Number(ofDay / per);
  const [hour, minute, second] = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) => two(part));
  const fraction = digits === 0 ? "" : `.${String(ofDay % per).padStart(digits, "0")}`;
  return `${hour}:${minute}:${second}${fraction}`;
}

/** Returns a span of months, days and milliseconds, three numbers of 32 bits, as ISO 8601. */
export function spanText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [months, days, ms] = [0, 4, 8].map((at) => view.getUint32(at, true)) as [number, number, number];
  return `P${months}M${days}DT${ms / 1000}S`;
}

function two(number: number): string {
  return String(Math.floor(number)).padStart(2, "0");
}
