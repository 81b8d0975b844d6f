import type { PlatformRequest } from "../platform-types.js";

/** What one source is read from; `Input` says what each kind is taken for. */
export type Content =
  | Uint8Array
  | ArrayBuffer
  | string
  | Blob
  | Response
  | PlatformRequest
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string | object>
  | Iterable<Uint8Array | string>
  | object
  | object[];
