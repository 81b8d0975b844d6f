import { parsedUrl } from "../../platform.js";
import { withoutKey } from "../environment/key.js";
import { Failure } from "../failure.js";

/** Asks a Worker's `/admin`. Returns the text for lists, which are no single JSON value. */
export async function ask<T>(url: string, method: string, path: string, body?: unknown): Promise<T> {
  const key = process.env.SPLIT_WORKER_ADMIN_KEY;
  if (!key) throw new Failure("no_key", "the key is missing: set SPLIT_WORKER_ADMIN_KEY to the Worker's ADMIN_KEY");
  const address = new URL(`/admin/${path}`, workerUrl(url));
  let response: Response;
  try {
    response = await fetch(address, {
      method,
      headers: { authorization: `Bearer ${key}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } };
    throw new Failure("unreachable", `${address.origin} cannot be reached: ${cause?.code ?? "the request failed"}`);
  }
  const text = await response.text();
  // health answers with an error status if a setting is wrong
  const isAnswer = response.ok || (path === "health" && text.startsWith('{"ok":'));
  if (!isAnswer) throw refused(response.status, withoutKey(text, key), address.origin);
  const isList = method === "GET" && /^(batches|dead)\//.test(path);
  if (isList) return text as T;
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new Failure("refused", `${address.origin} answered ${response.status}, but is not a split-events Worker`);
  }
}

const EXAMPLE = "as https://split-events.example.workers.dev";

/** Reads the address of a Worker. An address that may hold a password is not repeated in the error. */
function workerUrl(given: string): URL {
  const refused = (why: string) => new Failure("usage", `--url ${why}`);
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(given);
  const whole = hasScheme ? given : `https://${given}`;
  const url = parsedUrl(whole);
  if (url === undefined || url.hostname === "") throw refused(`must be the address of a Worker, ${EXAMPLE}`);
  if (url.username !== "" || url.password !== "") {
    throw refused("must not have a user or password in it: the key in SPLIT_WORKER_ADMIN_KEY is sent instead");
  }
  if (!hasScheme) throw refused(`has no scheme: write ${isOfThisMachine(url) ? "http" : "https"}://${given}`);
  if (url.protocol === "https:" || url.protocol === "http:") return url;
  throw refused(`must begin with https:// or http://, ${EXAMPLE}`);
}

/** Only chooses the scheme that the error proposes. */
function isOfThisMachine({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}

function refused(status: number, text: string, origin: string): Failure {
  if (status === 401) return new Failure("unauthorized", `${origin} does not know this SPLIT_WORKER_ADMIN_KEY`);
  let detail = "";
  try {
    detail = (JSON.parse(text) as { detail?: string }).detail ?? "";
  } catch {
    // no problem document
  }
  if (status === 404 && !detail)
    detail = "there is no split-events Worker at this address, or it has no ADMIN_KEY: see its log";
  return new Failure("refused", `${origin} answered ${status}${detail ? `: ${detail}` : ""}`);
}
