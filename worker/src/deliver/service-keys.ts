import { log } from "../log.js";
import { valuesOf } from "../secrets.js";
import type { Env } from "./env.js";

/** The value that the service accepted last, if there are several. */
let known: string | undefined;

/**
 * Sends with one of the values of `SPLIT_API_KEY`. What is answered 401 or 403 was certainly not taken: it is sent at once
 * with each other value, and the value that the service accepts goes first from then on. `send` may be called several times.
 */
export async function withServiceKey(env: Env, send: (key: string) => Promise<Response>): Promise<Response> {
  const values = valuesOf(env.SPLIT_API_KEY);
  const first = known !== undefined && values.includes(known) ? known : (values[0] ?? "");
  let answer = await send(first);
  if (!isRefused(answer)) return answer;
  for (const key of values) {
    if (key === first) continue;
    await answer.body?.cancel();
    answer = await send(key);
    if (isRefused(answer)) continue;
    if (isKnown(answer)) {
      known = key;
      log("warn", "key_changed", { secret: "SPLIT_API_KEY", value: values.indexOf(key) + 1, of: values.length });
    }
    break;
  }
  return answer;
}

/** Returns the answer with every value of `SPLIT_API_KEY` in its body replaced by `[key]`. */
export function withoutServiceKeys(answer: Response, env: Env): Response {
  const values = valuesOf(env.SPLIT_API_KEY);
  if (values.length < 2 || !answer.body) return answer;
  const longest = Math.max(...values.map(({ length }) => length));
  let left = "";
  const hide = (text: string) => values.reduce((hidden, key) => hidden.replaceAll(key, "[key]"), text);
  const body = answer.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(
      new TransformStream<string, string>({
        transform(text, controller) {
          // the end may be the beginning of a value: it waits for the next chunk
          const whole = hide(left + text);
          left = whole.slice(Math.max(0, whole.length - longest + 1));
          controller.enqueue(whole.slice(0, whole.length - left.length));
        },
        flush: (controller) => controller.enqueue(left),
      }),
    )
    .pipeThrough(new TextEncoderStream());
  return new Response(body, answer);
}

function isRefused({ status }: Response): boolean {
  return status === 401 || status === 403;
}

/** Returns whether the answer proves that the service accepts the key: a service in trouble does not look at it. */
function isKnown({ ok, status }: Response): boolean {
  return ok || status === 400 || status === 413;
}
