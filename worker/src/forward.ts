import { ConfigError, InputError, type Receipt, send } from "split-events";
import { answer } from "./answer.js";
import { bearerKey } from "./bearer.js";
import type { Env } from "./env.js";
import { problem } from "./problem.js";

/** The client waits for its answer, and may itself try again what was not taken. */
const ONCE = { attempts: 1 };
const KEY_CODES = ["missing_api_key", "invalid_api_key"];

/** Checks the events of a request and posts them on with the client's own key. */
export async function forward(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
  const apiKey = bearerKey(request);
  if (apiKey === undefined) return problem(401);

  const sending = receiptOf(request, apiKey, env);
  // a client that leaves must not leave its run half done in the module
  context.waitUntil(sending.catch(() => undefined));
  try {
    return answer(await sending);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (KEY_CODES.includes(error.code)) return problem(401);
    console.error(`UPSTREAM cannot be used: ${error.message}`);
    return problem(500, { detail: "the Worker's UPSTREAM is not an address that events can be sent to" });
  }
}

async function receiptOf(request: Request, apiKey: string, { UPSTREAM }: Env): Promise<Receipt> {
  try {
    return await send(request, { apiKey, retry: ONCE, ...(UPSTREAM && { endpoint: UPSTREAM }) });
  } catch (error) {
    if (error instanceof InputError && error.receipt) return error.receipt;
    throw error;
  }
}
