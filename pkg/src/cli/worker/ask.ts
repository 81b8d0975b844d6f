import { withoutKey } from "../environment/key.js";
import { Failure } from "../failure.js";

/** Asks a Worker's `/admin`; text where it is not one JSON value. */
export async function ask<T>(url: string, method: string, path: string, body?: unknown): Promise<T> {
  const key = process.env.SPLIT_WORKER_ADMIN_KEY;
  if (!key) throw new Failure("no_key", "no key: set SPLIT_WORKER_ADMIN_KEY to the Worker's ADMIN_KEY");
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
  // of health a bad answer is an answer too
  const isAnswer = response.ok || (path === "health" && text.startsWith('{"ok":'));
  if (!isAnswer) throw refused(response.status, withoutKey(text, key), address.origin);
  const isList = method === "GET" && /^(batches|dead)\//.test(path);
  if (isList) return text as T;
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new Failure(
      "refused",
      `${address.origin} answered ${response.status}, but not as a split-events Worker does`,
    );
  }
}

const EXAMPLE = "as https://split-events.example.workers.dev";

/** It is not repeated where a password could stand in it. */
function workerUrl(given: string): URL {
  const refused = (why: string) => new Failure("usage", `--url ${why}`);
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(given);
  const whole = hasScheme ? given : `https://${given}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  if (url === undefined || url.hostname === "") throw refused(`must be the address of a Worker, ${EXAMPLE}`);
  if (url.username !== "" || url.password !== "") {
    throw refused("must not have a user or password in it: the Worker knows you by SPLIT_WORKER_ADMIN_KEY");
  }
  if (!hasScheme) throw refused(`has no scheme: write ${isOfThisMachine(url) ? "http" : "https"}://${given}`);
  if (url.protocol === "https:" || url.protocol === "http:") return url;
  throw refused(`must begin with https:// or http://, ${EXAMPLE}`);
}

/** For a proposal only. */
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
  if (status === 404 && !detail) detail = "no split-events Worker is here, or it has no ADMIN_KEY: see its log";
  return new Failure("refused", `${origin} answered ${status}${detail ? `: ${detail}` : ""}`);
}
