// The first look at a class such as `Response` makes Node load its `fetch`, which takes 35 ms. So a member that only its
// objects have is looked for before. (Old Workers' have no tag.)

export function isBlob(value: unknown): value is Blob {
  return has(value, "arrayBuffer") && value instanceof Blob;
}

export function isFile(value: unknown): value is File {
  return has(value, "lastModified") && typeof File !== "undefined" && value instanceof File;
}

export function isResponse(value: unknown): value is Response {
  return has(value, "bodyUsed") && value instanceof Response;
}

export function isRequest(value: unknown): value is Request {
  return has(value, "bodyUsed") && value instanceof Request;
}

export function isReadableStream(value: unknown): value is ReadableStream {
  return has(value, "getReader") && value instanceof ReadableStream;
}

function has(value: unknown, member: string): boolean {
  if (typeof value !== "object" || value === null) return false;
  try {
    return member in value;
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
