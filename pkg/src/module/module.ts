import { ConfigError } from "../errors/config-error.js";
import start, { initSync, setRuntime } from "../wasm/split_events.js";
import { notLoaded } from "./not-loaded.js";

type Runtime = "node" | "bun" | "deno" | "workerd" | "browser" | "unknown";
type Loadable = WebAssembly.Module | BufferSource | URL | string;

let here: Runtime = "unknown";
let ready = false;
let loading: Promise<void> | undefined;
let later: { runtime: Runtime; url: URL } | undefined;

/** Loads the module of a runtime that has it at hand. */
export function load(runtime: Runtime, module: WebAssembly.Module | BufferSource): void {
  initSync({ module });
  here = runtime;
  setRuntime(runtime);
  ready = true;
}

/** Says where the module is, for a runtime that has to fetch it. `init` does so. */
export function loadLater(runtime: Runtime, url: URL): void {
  here = runtime;
  later = { runtime, url };
}

/**
 * Loads the module. Only browsers need it, and only before what is synchronous: `Batcher`, `createClient`,
 * `KnownKeys.of` and `codes`. Later calls change nothing. If a bundler has moved the module, give it, its bytes or its
 * address.
 *
 * @throws ConfigError if it cannot be loaded; the message says why.
 */
export async function init(module?: Loadable): Promise<void> {
  if (ready) return;
  loading ??= fetchModule(module);
  try {
    await loading;
  } catch (error) {
    loading = undefined;
    throw error;
  }
}

async function fetchModule(module: Loadable | undefined): Promise<void> {
  const from = module ?? later?.url;
  if (from === undefined) {
    throw new ConfigError(
      "no_module",
      "this runtime is not known: call init() with the WebAssembly module or its bytes",
    );
  }
  const source = typeof from === "string" || from instanceof URL ? await fetched(from) : from;
  try {
    await start({ module_or_path: source });
  } catch (error) {
    throw notLoaded(error, source);
  }
  setRuntime(later?.runtime ?? "unknown");
  ready = true;
}

async function fetched(address: string | URL): Promise<Response> {
  let why: string;
  try {
    const response = await fetch(address);
    if (response.ok) return response;
    why = `the answer was ${response.status}`;
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  throw new ConfigError(
    "module_not_loaded",
    `the module could not be loaded from ${address}: ${why}: check the connection and the address, or give the module to init()`,
  );
}

/** Returns the runtime of the package. */
export function runtimeName(): Runtime {
  return here;
}

/** @throws ConfigError if the module is not loaded yet. */
export function assertReady(): void {
  if (!ready) throw new ConfigError("not_initialised", "the module is not loaded yet: call `await init()` first");
}
