import { ConfigError } from "./errors.js";
import start, { initSync, setRuntime } from "./wasm/split_events.js";

type Runtime = "node" | "bun" | "deno" | "workerd" | "browser" | "unknown";
type Loadable = WebAssembly.Module | BufferSource | URL | string;

let ready = false;
let loading: Promise<void> | undefined;
let later: { runtime: Runtime; url: URL } | undefined;

/** For runtimes that have the module at hand. */
export function load(runtime: Runtime, module: WebAssembly.Module | BufferSource): void {
  initSync({ module });
  setRuntime(runtime);
  ready = true;
}

/** For runtimes that must fetch it. */
export function loadLater(runtime: Runtime, url: URL): void {
  later = { runtime, url };
}

/**
 * Loads the module. Idempotent. Only browsers need it, and only before `Batcher` and `codes()`.
 * Give the module, its bytes or its address where the bundler has moved it.
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
  try {
    await start({ module_or_path: from });
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    throw new ConfigError(
      "module_not_compiled",
      `this is not the module, or this runtime lacks WebAssembly's SIMD, which is in Chrome since 91, Firefox 89, Safari 16.4: ${error.message}`,
    );
  }
  setRuntime(later?.runtime ?? "unknown");
  ready = true;
}

export function assertReady(): void {
  if (!ready) throw new ConfigError("not_initialised", "the module is not loaded yet: call `await init()` first");
}
