const TITLES: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
};

/** Returns an answer by RFC 9457. `more`: its detail, and members beyond those of the standard. */
export function problem(status: number, more: { detail?: string } = {}, headers: HeadersInit = {}): Response {
  const response = Response.json({ type: "about:blank", title: TITLES[status], status, ...more }, { status, headers });
  response.headers.set("content-type", "application/problem+json");
  if (status === 401) response.headers.set("www-authenticate", "Bearer");
  return response;
}

/** Thrown to end a request with a problem. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly more: { detail?: string };
  readonly headers: HeadersInit;

  constructor(status: number, more: { detail?: string } = {}, headers: HeadersInit = {}) {
    super(more.detail ?? TITLES[status] ?? "");
    this.status = status;
    this.more = more;
    this.headers = headers;
  }

  get response(): Response {
    return problem(this.status, this.more, this.headers);
  }
}
