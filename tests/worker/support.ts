import { type EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createSandbox, type Sandbox } from "split-events-sandbox";
import { beforeAll, beforeEach } from "vitest";
import { Admin } from "./admin.js";

/** Lets no request leave this machine. */
export const OFFLINE = {
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
};
Object.assign(process.env, OFFLINE);
const { unstable_startWorker } = await import("wrangler");

/** The client key, the service key and the admin key. No answer may have them. */
export const KEY = "client-key-51c07a9e-must-never-show";
export const OTHER_KEY = "client-key-77aa01b2-must-never-show";
export const SERVICE_KEY = "sdk-key-b83f1c55-must-never-show";
export const ADMIN_KEY = "admin-key-09d1e4aa-must-never-show";
export const FOLDER = fileURLToPath(new URL("../../worker/template", import.meta.url));
/** The two events of the service's documentation. */
export const EXAMPLE = readFileSync(new URL("../data/sending-event-data.json", import.meta.url), "utf8");

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: { events: number; issues: { code: string }[]; request: string; detail: string; title: string } & Record<
    string,
    unknown
  >;
}

export interface Asked {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: BodyInit;
}

/** Posts events as an SDK does, unless told otherwise. Throws if the answer has a key. */
export async function ask(url: URL, { method = "POST", path, headers, body }: Asked): Promise<Answer> {
  const response = await fetch(new URL(path ?? "/api/events/bulk", url), {
    method,
    headers: { "content-type": "application/json", ...(headers ?? { authorization: `Bearer ${KEY}` }) },
    ...(body === undefined ? {} : { body, duplex: "half" }),
  });
  const text = await response.text();
  if (/must-never-show/.test(`${JSON.stringify([...response.headers])}${text}`))
    throw new Error(`a key was shown: ${text}`);
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
}

export interface Options {
  upstream?: string;
  buffer?: "queue" | "outbox";
  /** The folder of the storage; without it, storage is in memory. */
  persist?: string;
  /** Another module in place of the template's. */
  entrypoint?: string;
  vars?: Record<string, string | number | object>;
  /** Goes to wrangler: `outboundService` answers what the Worker fetches. */
  dev?: object;
}

/** How the Worker is started, for wrangler. */
export function startOptions({ upstream, buffer = "outbox", persist, entrypoint, vars = {}, dev = {} }: Options) {
  const given = {
    BUFFER: buffer,
    SPLIT_API_KEY: SERVICE_KEY,
    ADMIN_KEY,
    CLIENT_KEY_WEB: `${KEY} ${OTHER_KEY}`,
    ...(upstream !== undefined && { UPSTREAM: upstream }),
    ...vars,
  };
  const bindings = Object.entries(given).map(([name, value]) => [
    name,
    typeof value === "string" ? { type: "plain_text", value } : { type: "json", value },
  ]);
  return {
    config: `${FOLDER}/wrangler.jsonc`,
    ...(entrypoint !== undefined && { entrypoint }),
    bindings: Object.fromEntries(bindings),
    dev: {
      server: { hostname: "127.0.0.1", port: 0 },
      inspector: false as const,
      watch: false,
      persist: persist ?? (false as const),
      logLevel: "none" as const,
      ...dev,
    },
  };
}

type Started = Awaited<ReturnType<typeof unstable_startWorker>>;

/** The Worker in workerd, bundled as `wrangler dev` bundles it. */
export class Worker {
  readonly admin: Admin;

  private constructor(
    readonly url: URL,
    readonly started: Started,
  ) {
    this.admin = new Admin(url, ADMIN_KEY);
  }

  static async start(options: Options): Promise<Worker> {
    const started = await unstable_startWorker(startOptions(options));
    return new Worker(await started.url, started);
  }

  /** The address of workerd itself: wrangler's proxy before it lets no body through that breaks off or never ends. */
  async direct(): Promise<URL> {
    type Reloaded = { proxyData: { userWorkerUrl: { hostname: string; port: string } } };
    const raw = this.started.raw as unknown as EventEmitter;
    const reloaded = once(raw, "reloadComplete") as Promise<[Reloaded]>;
    await this.started.patchConfig({});
    const [{ proxyData }] = await reloaded;
    return new URL(`http://${proxyData.userWorkerUrl.hostname}:${proxyData.userWorkerUrl.port}`);
  }

  ask(asked: Asked): Promise<Answer> {
    return ask(this.url, asked);
  }

  /** Posts events, or a body as it is. */
  post(events: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const body = typeof events === "string" ? events : JSON.stringify(events);
    return ask(this.url, { headers: { authorization: `Bearer ${KEY}`, ...headers }, body });
  }

  dispose(): Promise<void> {
    return this.started.dispose();
  }
}

/** One Worker with one sandbox upstream for the tests of a file; each test finds the sandbox empty. */
export function useWorker(options: Options = {}): { readonly worker: Worker; readonly sandbox: Sandbox } {
  let worker: Worker | undefined;
  let sandbox: Sandbox | undefined;
  beforeAll(async () => {
    sandbox = await createSandbox();
    worker = await Worker.start({ upstream: `${sandbox.url}/api/events/bulk`, ...options });
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
