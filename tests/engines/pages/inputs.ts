import { check, init, KnownKeys, type Report } from "split-events";
import { inputCases } from "../../support/input-contract.js";

/** The memory of the module, as soon as it has one. */
let memory: WebAssembly.Memory | undefined;
const { Instance } = WebAssembly;
WebAssembly.Instance = new Proxy(Instance, {
  construct(target, given) {
    const made = new target(...(given as [WebAssembly.Module]));
    if (made.exports.memory instanceof WebAssembly.Memory) memory = made.exports.memory;
    return made;
  },
});

const encode = (text: string) => new TextEncoder().encode(text);

function* cut(bytes: Uint8Array<ArrayBuffer>) {
  for (let at = 0, size = 1; at < bytes.length; at += size, size = (size % 61) + 7) yield bytes.slice(at, at + size);
}

function streamOf(chunks: Iterable<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const left = chunks[Symbol.iterator]();
  return new ReadableStream({
    pull(controller) {
      const { value, done } = left.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

async function* oneByOne(objects: object[]) {
  yield* objects;
}

/** What the tests of inputs call in their pages. */
const api = {
  runCase: (name: string) => inputCases.find((one) => one.name === name)?.run(),

  checkAs(kind: string, text: string): Promise<Report> {
    const objects = () => text.split("\n").map((line) => JSON.parse(line) as object);
    if (kind === "text") return check(text);
    if (kind === "bytes") return check(encode(text));
    if (kind === "a Blob") return check(new Blob([text]));
    if (kind === "a File") return check(new File([text], "events.ndjson"));
    if (kind === "a Response") return check(new Response(text));
    if (kind === "a stream cut anywhere") return check(streamOf(cut(encode(text))));
    if (kind === "gzip") return check(new Blob([text]).stream().pipeThrough(new CompressionStream("gzip")));
    if (kind === "objects") return check(objects());
    return check(oneByOne(objects()));
  },

  /** Also of what could not be read to its end. */
  report: (text: string, now: number): Promise<Report> =>
    check(text, { now }).catch((error: { report: Report }) => error.report),

  checkKnown: async (keys: string[], text: string): Promise<Report> => {
    await init();
    return check(text, { knownKeys: KnownKeys.of(keys) });
  },

  /** Objects that JSON writes otherwise, or not at all. */
  strange(now: number): Promise<Report> {
    const event = { eventTypeId: "page_load", trafficTypeName: "user", key: "user", timestamp: now, value: 1 };
    const cyclic: Record<string, unknown> = { ...event };
    cyclic.properties = { cyclic };
    const getter = Object.defineProperty({ ...event }, "value", {
      enumerable: true,
      get() {
        throw new Error("not today");
      },
    });
    const half = { ...event, key: "\ud800" };
    return check([event, cyclic, getter, half, { ...event, value: Number.NaN }, { ...event, value: 1n }], { now });
  },

  async checkLarge() {
    const event = { eventTypeId: "page_load", trafficTypeName: "user", timestamp: Date.now() };
    const line = (at: number) =>
      `${JSON.stringify({ ...event, key: `user-${at}`, properties: { page: "x".repeat(400) } })}\n`;
    const piece = Array.from({ length: 2_000 }, (_, at) => line(at)).join("");
    const file = new File(
      Array.from({ length: 64 }, () => piece),
      "large.ndjson",
    );
    const { events } = await check(file);
    return { events, bytes: file.size, memory: memory?.buffer.byteLength };
  },
};

declare global {
  var inputs: typeof api;
}

globalThis.inputs = api;
