/** The key of `Authorization: Bearer KEY`. Whether it can be one is for the module to say. */
export function bearerKey(request: Request): string | undefined {
  return /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
}
