/** The SDK has no rule for timestamps, since it sets them itself. Without this one its pipeline would do less work. */
export function milliseconds(timestamp: unknown): number | undefined {
  if (typeof timestamp !== "number" || !(timestamp > 0)) return undefined;
  return timestamp < 1e11 ? timestamp * 1000 : timestamp;
}
