/** The SDK stamps the present and has no rule; without one all its batches would be worth nothing here. */
export function milliseconds(timestamp: unknown): number | undefined {
  if (typeof timestamp !== "number" || !(timestamp > 0)) return undefined;
  return timestamp < 1e11 ? timestamp * 1000 : timestamp;
}
