/** Stands in for known keys, which an option cannot give here. */
export const KnownKeys = { shared: (): undefined => undefined };
