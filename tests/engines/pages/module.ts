import { check, init } from "split-events";

type Given = Parameters<typeof init>[0];

/** How `init` may be given the module. */
const WAYS = {
  "the bytes": async (address: string) => (await fetch(address)).arrayBuffer(),
  "a view of bytes in the middle of others": async (address: string) => {
    const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
    const longer = new Uint8Array(bytes.length + 20);
    longer.set(bytes, 10);
    return longer.subarray(10, -10);
  },
  "a WebAssembly.Module": async (address: string) => WebAssembly.compileStreaming(fetch(address)),
  "a URL": async (address: string) => new URL(address),
  "an address": async (address: string) => address,
  "a relative address": async (address: string) => new URL(address).pathname,
  "a response": async (address: string) => fetch(address),
  "a promise of a response": async (address: string) => ({ promise: fetch(address) }),
  "what an import of it returned": async (address: string) => ({ default: address }),
  "a blob's address": async (address: string) => URL.createObjectURL(await (await fetch(address)).blob()),
};

export type Way = keyof typeof WAYS;

let streamed = 0;
const { compileStreaming } = WebAssembly;
WebAssembly.compileStreaming = (source) => {
  streamed += 1;
  return compileStreaming(source);
};

/** What the tests of the module call in their pages. */
const api = {
  /** Returns the code and the message of what loading fails with. */
  async load(address?: string): Promise<string> {
    try {
      await init(address);
      return "loaded";
    } catch (error) {
      return said(error);
    }
  },

  /** Gives the module to `init` in this way. Returns how many modules were compiled while they loaded. */
  async loadBy(way: Way, address: string): Promise<number> {
    const given = await WAYS[way](address);
    streamed = 0;
    await init((typeof given === "object" && "promise" in given ? given.promise : given) as Given);
    return streamed;
  },

  /** Gives bytes to `init`: the first of them, or all and some more. */
  async loadBytes(count: number, address: string): Promise<string> {
    const bytes = await (await fetch(address)).arrayBuffer();
    return init(bytes.slice(0, count)).then(() => "loaded", said);
  },

  /** Calls `init` and `check` at once. Returns how many requests there were for the module. */
  async loadAtOnce(text: string): Promise<[number, number]> {
    const [, , report] = await Promise.all([init(), init(), check(text)]);
    const requests = performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(".wasm"));
    return [report.clean, requests.length];
  },

  check: async (text: string) => (await check(text)).clean,
  /** How this page came to be shown. */
  persisted: false,
};

function said(error: unknown): string {
  const { code, message } = error as { code?: string; message: string };
  return `${code}: ${message}`;
}

addEventListener("pageshow", ({ persisted }) => {
  api.persisted = persisted;
});

declare global {
  var loading: typeof api;
}

globalThis.loading = api;
