import module from "../wasm/split_events_inline.js";

/** Returns the bytes of the module that this file carries in base64. */
export function inlineModule(): Uint8Array<ArrayBuffer> {
  const text = atob(module);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}
