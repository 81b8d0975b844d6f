import { ConfigError } from "../errors/config-error.js";
import start, { initSync, setRuntime } from "../wasm/split_events.js";

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
 * Loads the module. Only browsers need it, and only before what is synchronous: `Batcher`, `createClient`, `KnownKeys.of`
 * and `codes`. Later calls change nothing. If a bundler has moved the module, give it, its bytes or its address.
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

/** An empty module. A page that may use any module may use it. */
const EMPTY = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
/** A module with one function, `i8x16.popcnt` of `i8x16.splat` of 0. It is valid only with SIMD. */
const SIMD = Uint8Array.of(...EMPTY, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11);

/** Returns why the module was not loaded. It tries what works, since the words of errors differ between engines. */
function notLoaded(error: unknown, source: Response | WebAssembly.Module | BufferSource): unknown {
  const why = error instanceof Error ? error.message : String(error);
  if (typeof WebAssembly === "undefined") {
    const what = "this runtime has no WebAssembly, which some browsers turn off, as in Lockdown Mode";
    return new ConfigError("module_not_compiled", `${what}: ${why}`);
  }
  if (!mayBeUsed(EMPTY)) {
    return new ConfigError(
      "module_forbidden",
      `the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src, as in "script-src 'self' 'wasm-unsafe-eval'" (outside of pages: give init() a WebAssembly.Module that is compiled already): ${why}`,
    );
  }
  if (!(error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError)) return error;
  return new ConfigError(
    "module_not_compiled",
    WebAssembly.validate(SIMD)
      ? `${described(source)} is not the module of this version of the package: ${why}`
      : `this runtime lacks WebAssembly's SIMD, which is in Chrome since 91, Firefox 89, Safari 16.4: ${why}`,
  );
}

/** Returns whether a module can be used. WebKit compiles one that the policy of a page forbids, and makes no instance. */
function mayBeUsed(bytes: BufferSource): boolean {
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(bytes)) instanceof WebAssembly.Instance;
  } catch {
    return false;
  }
}

function described(source: Response | WebAssembly.Module | BufferSource): string {
  if (source instanceof Response)
    return `what ${source.url} gave (${source.headers.get("content-type") ?? "of no type"})`;
  if (source instanceof WebAssembly.Module) return "what init() was given";
  const bytes = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  return `what init() was given (${bytes.length} bytes, beginning ${JSON.stringify(String.fromCharCode(...bytes.subarray(0, 16)))})`;
}

/** Returns the runtime of the package. */
export function runtimeName(): Runtime {
  return here;
}

/** @throws ConfigError if the module is not loaded yet. */
export function assertReady(): void {
  if (!ready) throw new ConfigError("not_initialised", "the module is not loaded yet: call `await init()` first");
}
