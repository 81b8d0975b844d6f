// The first look at a class such as `Response` makes Node load its `fetch`, which takes 35 ms. So its tag is looked at
// before.

export function isBlob(value: unknown): value is Blob {
  return isTagged(value, "Blob", "File") && value instanceof Blob;
}

export function isFile(value: unknown): value is File {
  return isTagged(value, "File") && typeof File !== "undefined" && value instanceof File;
}

export function isResponse(value: unknown): value is Response {
  return isTagged(value, "Response") && value instanceof Response;
}

export function isRequest(value: unknown): value is Request {
  return isTagged(value, "Request") && value instanceof Request;
}

export function isReadableStream(value: unknown): value is ReadableStream {
  return isTagged(value, "ReadableStream") && value instanceof ReadableStream;
}

function isTagged(value: unknown, ...tags: string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  try {
    return tags.includes((value as { [Symbol.toStringTag]?: string })[Symbol.toStringTag] ?? "");
  } catch {
    return false; // it is no object of the platform: those do not throw
  }
}

/** Returns the parsed address; `undefined` if it is none. `URL.canParse` is missing in Chrome before 120, and in older Workers. */
export function parsedUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
