/** A secret may hold several values, with white space or line ends between, while one replaces the other. */
export function valuesOf(secret: unknown): string[] {
  return typeof secret === "string" ? secret.split(/\s+/).filter(Boolean) : [];
}
