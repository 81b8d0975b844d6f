import { ConfigError } from "../errors/config-error.js";
import { ENTRY } from "../place.js";

/** An empty module. A page that may use any module may use it. */
const EMPTY = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
/** A module with one function, `i8x16.popcnt` of `i8x16.splat` of 0. It is valid only with SIMD. */
const SIMD = Uint8Array.of(...EMPTY, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11);

/** Returns the error for an address that answered with something other than the module. */
export function notThere({ url }: Response, got: string, isGiven: boolean): ConfigError {
  if (url === "") return notLoaded(`the response that init() was given is not the module (got ${got})`);
  return notLoaded(
    isGiven
      ? `the module is not at the address that init() was given (asked for ${url}, got ${got}): check the address`
      : notMovedText(`asked for ${url}, got ${got}`),
  );
}

/** Returns the error for a bundle that has no address for the module. */
export function notMoved(why: string): ConfigError {
  return notLoaded(notMovedText(why));
}

function notMovedText(why: string): string {
  return `the bundler did not move the module (${why}): give it to init(), or import from "${ENTRY}/inline"`;
}

/** Returns the error for an address that did not answer. */
export function notFetched(address: string, error: unknown, isGiven: boolean): ConfigError {
  const instead = isGiven ? "" : `, or import from "${ENTRY}/inline"`;
  const policy = address.startsWith("data:") ? " (a Content-Security-Policy must have data: in its connect-src)" : "";
  return notLoaded(
    `the module could not be loaded from ${shownAddress(address)}: ${messageOf(error)}: check the connection and the address${policy}, or give the module to init()${instead}`,
  );
}

/** Returns why the module was not made. It tries what works, since the words of errors differ between engines. */
export function notMade(error: unknown, what: string): unknown {
  const why = messageOf(error);
  if (typeof WebAssembly === "undefined") {
    const lacking = "this runtime has no WebAssembly, which some browsers turn off, as in Lockdown Mode";
    return new ConfigError("module_not_compiled", `${lacking}: ${why}`);
  }
  if (!mayBeUsed(EMPTY)) {
    return new ConfigError(
      "module_forbidden",
      `the page's Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src, as in "script-src 'self' 'wasm-unsafe-eval'" (outside of pages: give init() a WebAssembly.Module that is compiled already): ${why}`,
    );
  }
  // a TypeError if it asks for the JavaScript of another version; another one may say of memory that it lacks
  if (![WebAssembly.CompileError, WebAssembly.LinkError, TypeError].some((kind) => error instanceof kind)) {
    return new ConfigError("module_not_compiled", `${what} could not be compiled: ${why}`);
  }
  return new ConfigError(
    "module_not_compiled",
    WebAssembly.validate(SIMD)
      ? `${what} is not the module of this version of the package: ${why}`
      : `this runtime lacks WebAssembly's SIMD, which is in Chrome since 91, Firefox 89, Safari 16.4: ${why}`,
  );
}

/**
 * Returns whether a module can be used. WebKit compiles one that the policy of a page forbids, and makes no instance.
 */
function mayBeUsed(bytes: BufferSource): boolean {
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(bytes)) instanceof WebAssembly.Instance;
  } catch {
    return false;
  }
}

/** Returns an address for an error. One with the module inside, `data:...`, is cut. */
export function shownAddress(address: string): string {
  return address.length > 200 ? `${address.slice(0, 60)}... (${address.length} characters)` : address;
}

function notLoaded(message: string): ConfigError {
  return new ConfigError("module_not_loaded", message);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
