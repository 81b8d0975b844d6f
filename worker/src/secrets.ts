/** Returns the values of a secret. It has several, with white space between, while one replaces the other. */
export function valuesOf(secret: unknown): string[] {
  return typeof secret === "string" ? secret.split(/\s+/).filter(Boolean) : [];
}
