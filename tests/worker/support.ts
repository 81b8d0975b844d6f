import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Receipt } from "split-events";
import { createSandbox, type Sandbox } from "split-events-sandbox";
import { beforeAll, beforeEach } from "vitest";

/** Nothing but the tests' own requests leaves this machine. */
export const OFFLINE = {
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
};
Object.assign(process.env, OFFLINE);
const { unstable_startWorker } = await import("wrangler");

/** The key that clients come with. It must be in no answer. */
export const KEY = "sdk-key-51c07a9e-must-never-show";
export const FOLDER = fileURLToPath(new URL("../../worker", import.meta.url));
/** The two events of the service's documentation. */
export const EXAMPLE = readFileSync(new URL("../data/sending-event-data.json", import.meta.url), "utf8");

/** What the Worker answers: a receipt, a problem, or both in one. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: Receipt & { type: string; title: string; status: number; detail: string };
}

export interface Asked {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: BodyInit;
}

/** A POST of events as an SDK makes it, unless something else is asked. Fails where the answer shows the key. */
export async function ask(url: URL, { method = "POST", path, headers, body }: Asked): Promise<Answer> {
  const response = await fetch(new URL(path ?? "/api/events/bulk", url), {
    method,
    headers: { "content-type": "application/json", ...(headers ?? { authorization: `Bearer ${KEY}` }) },
    ...(body === undefined ? {} : { body, duplex: "half" }),
  });
  const text = await response.text();
  if (`${JSON.stringify([...response.headers])}${text}`.includes(KEY)) throw new Error(`the key was shown: ${text}`);
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
}

/** The Worker in workerd, bundled as `wrangler dev` bundles it. */
export class Worker {
  private constructor(
    readonly url: URL,
    readonly dispose: () => Promise<void>,
  ) {}

  /** `dev` goes to wrangler: `outboundService` answers what the Worker fetches. */
  static async start({ upstream, dev = {} }: { upstream?: string; dev?: object }): Promise<Worker> {
    const started = await unstable_startWorker({
      config: `${FOLDER}/wrangler.jsonc`,
      bindings: upstream === undefined ? {} : { UPSTREAM: { type: "plain_text", value: upstream } },
      dev: {
        server: { hostname: "127.0.0.1", port: 0 },
        inspector: false,
        watch: false,
        persist: false,
        logLevel: "none",
        ...dev,
      },
    });
    return new Worker(await started.url, () => started.dispose());
  }

  ask(asked: Asked): Promise<Answer> {
    return ask(this.url, asked);
  }

  /** Posts events, or a body as it stands. */
  post(events: unknown): Promise<Answer> {
    return ask(this.url, { body: typeof events === "string" ? events : JSON.stringify(events) });
  }
}

/** One Worker with one sandbox upstream for the tests of a file; each test finds the sandbox empty. */
export function useWorker(): { readonly worker: Worker; readonly sandbox: Sandbox } {
  let worker: Worker | undefined;
  let sandbox: Sandbox | undefined;
  beforeAll(async () => {
    sandbox = await createSandbox();
    worker = await Worker.start({ upstream: `${sandbox.url}/api/events/bulk` });
    return async () => {
      await worker?.dispose();
      await sandbox?.close();
    };
  });
  beforeEach(() => sandbox?.reset());
  return {
    get worker() {
      return worker as Worker;
    },
    get sandbox() {
      return sandbox as Sandbox;
    },
  };
}
