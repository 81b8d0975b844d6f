/** What runs the package. It decides what a failed request proves. */
export type Runtime = "node" | "bun" | "deno" | "workerd" | "browser" | "unknown";

/** Returns the runtime by its globals, for entries that run in more than one. */
export function runtimeHere(): Runtime {
  const { Deno, Bun, navigator, process, document, WorkerGlobalScope } = globalThis as Globals;
  if (Deno) return "deno";
  if (Bun) return "bun";
  if (navigator?.userAgent === "Cloudflare-Workers") return "workerd";
  if (document || WorkerGlobalScope) return "browser";
  return process?.versions?.node ? "node" : "unknown";
}

interface Globals {
  Deno?: unknown;
  Bun?: unknown;
  navigator?: { userAgent?: string };
  process?: { versions?: { node?: string } };
  document?: unknown;
  WorkerGlobalScope?: unknown;
}
