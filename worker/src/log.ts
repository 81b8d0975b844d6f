/** One line of JSON. Never a key, never what stands in an event. */
export function log(level: "info" | "warn" | "error", event: string, more: Record<string, unknown> = {}): void {
  console[level](JSON.stringify({ level, event, ...more }));
}

/** What an error says of itself; the runtime's own errors name no contents. */
export function said(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
