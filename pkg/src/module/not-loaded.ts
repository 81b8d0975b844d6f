import { ConfigError } from "../errors/config-error.js";

/** An empty module. A page that may use any module may use it. */
const EMPTY = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
/** A module with one function, `i8x16.popcnt` of `i8x16.splat` of 0. It is valid only with SIMD. */
const SIMD = Uint8Array.of(...EMPTY, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11);

/** Returns why the module was not loaded. It tries what works, since the words of errors differ between engines. */
export function notLoaded(error: unknown, source: Response | WebAssembly.Module | BufferSource): unknown {
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

function described(source: Response | WebAssembly.Module | BufferSource): string {
  if (source instanceof Response)
    return `what ${source.url} gave (${source.headers.get("content-type") ?? "of no type"})`;
  if (source instanceof WebAssembly.Module) return "what init() was given";
  const bytes = ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
  return `what init() was given (${bytes.length} bytes, beginning ${JSON.stringify(String.fromCharCode(...bytes.subarray(0, 16)))})`;
}
