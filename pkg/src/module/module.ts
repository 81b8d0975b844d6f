import { ConfigError } from "../errors/config-error.js";
import start, { initSync, onFailure, renew, setRuntime } from "../wasm/split_events.js";
import { Instance } from "./instance.js";
import { notMade } from "./not-loaded.js";
import type { Runtime } from "./runtime.js";
import { type Bytes, type Compiled, compile, type ModuleSource, type ReadAddress } from "./source.js";

/** How an entry of the package finds the module when it is first needed. */
export interface Entry {
  runtime: Runtime;
  /** Returns the module at once, and `undefined` if that is impossible. */
  now?: () => WebAssembly.Module | Bytes | undefined;
  /** Finds the module if `now` did not. */
  later?: () => ModuleSource | Promise<ModuleSource>;
  /** Finds the module if what `later` returned is not it. */
  otherwise?: () => Promise<ModuleSource>;
  /** Reads an address that `fetch` does not read. */
  read?: ReadAddress;
}

let entry: Entry = { runtime: "unknown" };
let ready = false;
let loading: Promise<void> | undefined;
let instance = new Instance();
/** The compiled module of an instance that failed, until another one is started. */
let compiled: WebAssembly.Module | undefined;

onFailure((cause, module) => {
  compiled = module;
  ready = false;
  return instance.fail(cause);
});

/** Says how the module is found. It is called once by the entry that was imported, and loads nothing. */
export function setEntry(imported: Entry): void {
  entry = imported;
}

/**
 * Loads the module. Browsers need it before what is synchronous: `Batcher`, `createClient`, `KnownKeys.of` and `codes`;
 * so do bundles for servers that have no file of the module beside them. Elsewhere it may be called, and need not.
 *
 * The module, its bytes, its address, a response or a promise of one of them are only needed if a bundler has not moved
 * the module. Once it is loaded, calls change nothing.
 *
 * @throws ConfigError if it cannot be loaded; the message says why.
 */
export async function init(module?: ModuleSource | Promise<ModuleSource>): Promise<void> {
  let given: Promise<ModuleSource> | undefined;
  if (module !== undefined) {
    given = Promise.resolve(module);
    given.catch(() => {}); // nobody waits for it if it is not needed
    // it is loaded even if what the entry found, or another call was given, fails
    do await loading?.catch(() => {});
    while (loading);
  }
  if (ready) return;
  loading ??= load(given).finally(() => {
    loading = undefined;
  });
  await loading;
}

async function load(given: Promise<ModuleSource> | undefined): Promise<void> {
  if (compiled) return begin({ module: compiled, what: "the module that failed" });
  if (given !== undefined) return begin(await compile(await given, { read: entry.read, isGiven: true }));
  if (startNow()) return;
  const { later, otherwise } = entry;
  if (!later) throw notInitialised("this runtime is not known: call init() with the module or its bytes");
  try {
    await found(later);
  } catch (error) {
    if (!otherwise) throw error;
    await found(otherwise);
  }
}

async function found(find: () => ModuleSource | Promise<ModuleSource>): Promise<void> {
  await begin(await compile(await find(), { read: entry.read, isGiven: false }));
}

async function begin({ module, what }: Compiled): Promise<void> {
  assertOwn(module, what);
  if (compiled) renew();
  try {
    initSync({ module });
  } catch (error) {
    // Chrome before 114 makes no instance of this size at once in a page
    if (!(error instanceof RangeError)) throw notMade(error, what);
    await start({ module_or_path: module });
  }
  setReady();
}

/** Starts the module if it is at hand. Returns whether it is. */
function startNow(): boolean {
  const module = compiled ?? entry.now?.();
  if (module === undefined) return false;
  if (compiled) renew();
  try {
    initSync({ module });
  } catch (error) {
    // older Chromes make no large instance at once in a page
    if (compiled && error instanceof RangeError) return false;
    throw notMade(error, "the module that the package found");
  }
  setReady();
  return true;
}

function setReady(): void {
  setRuntime(entry.runtime);
  if (compiled) instance = new Instance();
  compiled = undefined;
  ready = true;
}

/** Returns the instance of the module that runs, or the one that failed if no other was started since. */
export function instanceNow(): Instance {
  return instance;
}

/** Refuses the module of somebody else, which would be taken for ours. One of another version is refused by its imports. */
function assertOwn(module: WebAssembly.Module, what: string): void {
  if (WebAssembly.Module.exports(module).some(({ name }) => name === "__wbindgen_start")) return;
  throw new ConfigError("module_not_compiled", `${what} is not the module of this package`);
}

/** Returns the runtime of the package. */
export function runtimeName(): Runtime {
  return entry.runtime;
}

/**
 * Loads the module if it is at hand.
 *
 * @throws ConfigError if it is not.
 */
export function assertReady(): void {
  if (!ready && !startNow()) throw notInitialised("the module is not loaded yet: call `await init()` first");
}

function notInitialised(message: string): ConfigError {
  return new ConfigError("not_initialised", message);
}
