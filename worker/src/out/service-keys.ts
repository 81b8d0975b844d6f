import type { Env } from "../env.js";
import { log } from "../log.js";
import { valuesOf } from "../secrets.js";

/** The one of several that the service knew last. */
let known: string | undefined;

/**
 * Sends with one of the values of `SPLIT_API_KEY`. What is answered 401 or 403 is certainly not taken: it is sent once
 * more at once with each other value, and the one that is known goes first from then on. `send` is given the value, and
 * must be able to send the same again.
 */
export async function withServiceKey(env: Env, send: (key: string) => Promise<Response>): Promise<Response> {
  const values = valuesOf(env.SPLIT_API_KEY);
  const first = known !== undefined && values.includes(known) ? known : (values[0] ?? "");
  let answer = await send(first);
  if (isKnown(answer)) return answer;
  for (const key of values) {
    if (key === first) continue;
    await answer.body?.cancel();
    answer = await send(key);
    if (!isKnown(answer)) continue;
    known = key;
    log("warn", "key_changed", { secret: "SPLIT_API_KEY", value: values.indexOf(key) + 1, of: values.length });
    break;
  }
  return answer;
}

function isKnown({ status }: Response): boolean {
  return status !== 401 && status !== 403;
}
