/** Logs one line of JSON. Must not be given a key or any part of an event. */
export function log(level: "info" | "warn" | "error", event: string, more: Record<string, unknown> = {}): void {
  console[level](JSON.stringify({ level, event, ...more }));
}

/** Returns the text of an error. Leaves out that of a SyntaxError, in which runtimes quote their input. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = `${error.name}: ${error.message}`;
  return text.includes("SyntaxError") ? "SyntaxError: the input could not be read" : text;
}
