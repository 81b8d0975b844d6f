import { ConfigError } from "../errors/config-error.js";
import { isResponse } from "../platform.js";
import { notFetched, notMade, notThere, shownAddress } from "./not-loaded.js";

/**
 * What `init` takes: the module, compiled or as bytes, its address, the response of a request for it, or what an
 * `import` of it returned.
 */
export type ModuleSource = WebAssembly.Module | Bytes | Response | URL | string | { default: ModuleSource };

/** `BufferSource`, which only the DOM's types declare. */
export type Bytes = ArrayBuffer | ArrayBufferView;

/** Reads an address that `fetch` does not read. Returns `undefined` for any other. */
export type ReadAddress = (address: URL | string) => Promise<Bytes> | undefined;

/** A compiled module, and what it was, for errors. */
export interface Compiled {
  module: WebAssembly.Module;
  what: string;
}

interface How {
  read?: ReadAddress | undefined;
  /** Whether the user gave the module, or its address. */
  isGiven: boolean;
}

/** Compiles the module, while it loads if the runtime can. */
export async function compile(source: ModuleSource, how: How): Promise<Compiled> {
  if (typeof WebAssembly === "undefined") throw notMade(undefined, "");
  if (source instanceof WebAssembly.Module) return { module: source, what: "what init() was given" };
  if (typeof source === "string" || source instanceof URL) return ofAddress(source, how);
  if (isResponse(source)) return ofResponse(source, how);
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return ofBytes(source, "what init() was given");
  if (typeof source === "object" && source !== null && "default" in source) return compile(source.default, how);
  throw new ConfigError(
    "invalid_option",
    "init() takes the module, its bytes, its address, the response of a request for it, or a promise of one of them",
  );
}

async function ofAddress(address: string | URL, how: How): Promise<Compiled> {
  let found: Bytes | Response;
  try {
    found = (await how.read?.(address)) ?? (await fetch(address));
  } catch (error) {
    throw notFetched(String(address), error, how.isGiven);
  }
  return isResponse(found) ? ofResponse(found, how) : ofBytes(found, `what ${shownAddress(String(address))} holds`);
}

async function ofResponse(response: Response, { isGiven }: How): Promise<Compiled> {
  const type = response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() || "of no type";
  if (!response.ok) throw notThere(response, String(response.status), isGiven);
  if (type === "text/html") throw notThere(response, "HTML", isGiven);
  const address = response.url || "the response that init() was given";
  const what = `${response.url ? `what ${shownAddress(address)} gave` : address} (${type})`;
  if (type !== "application/wasm" || !WebAssembly.compileStreaming) {
    return ofBytes(await bodyOf(response, address, isGiven), what);
  }
  try {
    return { module: await WebAssembly.compileStreaming(response), what };
  } catch (error) {
    // Firefox says of a module that was cut off that memory is lacking
    throw error instanceof TypeError ? notFetched(address, error, isGiven) : notMade(error, what);
  }
}

async function bodyOf(response: Response, address: string, isGiven: boolean): Promise<ArrayBuffer> {
  try {
    return await response.arrayBuffer();
  } catch (error) {
    throw notFetched(address, error, isGiven);
  }
}

async function ofBytes(source: Bytes, what: string): Promise<Compiled> {
  const bytes = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  const first = JSON.stringify(String.fromCharCode(...bytes.subarray(0, 16)));
  const described = `${what} (${bytes.length} bytes, beginning ${first})`;
  try {
    return { module: await WebAssembly.compile(source as BufferSource), what: described };
  } catch (error) {
    throw notMade(error, described);
  }
}
