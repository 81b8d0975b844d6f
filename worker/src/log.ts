/** One line of JSON. Never a key, never what stands in an event. */
export function log(level: "info" | "warn" | "error", event: string, more: Record<string, unknown> = {}): void {
  console[level](JSON.stringify({ level, event, ...more }));
}

/** What an error says of itself, but for what could not be read: there a runtime quotes it. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = `${error.name}: ${error.message}`;
  return text.includes("SyntaxError") ? "SyntaxError: something could not be read" : text;
}
