// The types of the platform that declarations of this package name. Programs have them from the DOM's types, Node's,
// Deno's, Bun's or those of Workers. Without them these stand in: an interface adds to one of the same name.
declare global {
  interface AbortSignal {}
  interface Blob {}
  // biome-ignore lint/suspicious/noExplicitAny: as in every declaration of it, which have to agree
  interface ReadableStream<R = any> {}
  interface Response {}
  interface URL {}
  namespace WebAssembly {
    interface Module {}
  }
}

/** `Request`, which has parameters in the types of Workers and none in others. `never` if it is not declared. */
export type PlatformRequest = typeof globalThis extends { Request: { prototype: infer T } } ? T : never;

/** The second parameter of `fetch`. */
type PlatformRequestInit = typeof globalThis extends { fetch: (input: string, init?: infer T) => unknown }
  ? T
  : unknown;

/** What is called as `fetch` is. */
export type PlatformFetch = (input: string, init?: PlatformRequestInit) => Promise<Response>;

/** A `Uint8Array` whose buffer is not shared. TypeScript before 5.7 has no parameter for it. */
export type OwnBytes = ReturnType<Uint8ArrayConstructor["of"]>;
