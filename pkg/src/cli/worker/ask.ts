import { Failure } from "../failure.js";
import { withoutKey } from "../key.js";

/** Asks a Worker's `/admin`; text where it is not one JSON value. */
export async function ask<T>(url: string, method: string, path: string, body?: unknown): Promise<T> {
  const key = process.env.SPLIT_WORKER_ADMIN_KEY;
  if (!key) throw new Failure("no_key", "no key: set SPLIT_WORKER_ADMIN_KEY to the Worker's ADMIN_KEY");
  let address: URL;
  try {
    address = new URL(`/admin/${path}`, url);
  } catch {
    throw new Failure("usage", "--url must be the address of a Worker, as https://split-events.example.workers.dev");
  }
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
  return (isList ? text : JSON.parse(text)) as T;
}

function refused(status: number, text: string, origin: string): Failure {
  if (status === 401) return new Failure("unauthorized", `${origin} does not know this SPLIT_WORKER_ADMIN_KEY`);
  let detail = "";
  try {
    detail = (JSON.parse(text) as { detail?: string }).detail ?? "";
  } catch {
    // no problem document
  }
  return new Failure("refused", `${origin} answered ${status}${detail ? `: ${detail}` : ""}`);
}
