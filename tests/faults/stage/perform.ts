import { type SendOptions, send } from "split-events";
import type { Call, Detour, Job, Result } from "../job.ts";

/** Sends as a user's program would, in any runtime. */
export async function perform({ input, options, detour, cutWhen }: Job): Promise<Result> {
  const undelivered: Result["undelivered"] = [];
  const calls: Call[] = [];
  const cut = new AbortController();
  if (cutWhen !== undefined) void fetch(cutWhen).then(() => cut.abort());
  const all: SendOptions = {
    ...options,
    apiKey: "sdk-key-2b9e-must-never-show",
    cutSignal: cut.signal,
    fetch: noted(calls, detour ? detoured(detour) : (input, init) => fetch(input, init)),
    onUndelivered: (state, lines) => {
      for (const line of new TextDecoder().decode(lines).trimEnd().split("\n")) {
        undelivered.push([(JSON.parse(line) as { index: number }).index, state]);
      }
    },
  };
  return { receipt: await send(input, all), calls, undelivered };
}

function noted(calls: Call[], fetchIt: typeof fetch): typeof fetch {
  return async (input, init) => {
    const [first] = JSON.parse(textOf(init)) as { value: number }[];
    const call: Call = { at: Date.now(), endedAt: null, status: null, value: first?.value ?? Number.NaN };
    calls.push(call);
    try {
      const response = await fetchIt(input, init);
      call.status = response.status;
      return response;
    } finally {
      call.endedAt = Date.now();
    }
  };
}

function detoured({ contains, endpoint, times = Number.POSITIVE_INFINITY }: Detour): typeof fetch {
  let left = times;
  return (input, init) => {
    if (left === 0 || !textOf(init).includes(contains)) return fetch(input, init);
    left -= 1;
    return fetch(endpoint, init);
  };
}

const textOf = (init: RequestInit | undefined): string => new TextDecoder().decode(init?.body as Uint8Array);
