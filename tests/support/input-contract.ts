import { check, gunzip, type Input, InputError, type Report } from "split-events";

/** How every runtime must read an input. It imports no runtime, so that it runs in Node, in a page and in workerd. */
export interface InputCase {
  name: string;
  run(): Promise<void>;
}

const line = (key: string) =>
  `${JSON.stringify({ eventTypeId: "page_load", trafficTypeName: "user", key, timestamp: Date.now(), value: 1 })}\n`;
const encode = (text: string) => new TextEncoder().encode(text);
const [zeros, other] = [new Uint8Array(512), encode("other bytes")];

export const inputCases: InputCase[] = [
  {
    name: "gzip of several members, with zeros between and after them, is read to the end",
    async run() {
      const [a, b] = [await packed(line("a")), await packed(line("b"))];
      for (const parts of [
        [a, b],
        [a, zeros],
        [a, zeros, b],
        [a, zeros, b, zeros],
      ]) {
        const expected = parts.filter((part) => part !== zeros).length;
        for (const input of inputsOf(joined(...parts))) same(counted(await check(input)), [expected, expected]);
      }
    },
  },
  {
    name: "gzip that is cut off, corrupt or followed by other bytes is one error, with what was read before",
    async run() {
      const [a, b] = [await packed(line("a")), await packed(line("b"))];
      const wrong = joined(a, b);
      wrong[wrong.length - 1] = 1;
      const cases: [Uint8Array<ArrayBuffer>, string, number][] = [
        [joined(a, b.subarray(0, -1)), "the gzip data is cut off in its member 2", 2],
        [joined(a, b.subarray(0, -8)), "the gzip data is cut off in its member 2", 2],
        [joined(a, b.subarray(0, 5)), "the gzip data is cut off in its member 2", 1],
        [wrong, "the gzip data is corrupt in its member 2", 2],
        [joined(a, other), `bytes that are not gzip stand behind the gzip data, from byte ${a.length} on`, 1],
      ];
      for (const [bytes, message, events] of cases) {
        for (const input of inputsOf(bytes)) {
          const error = await failure(check(input));
          same([error.code, error.message.endsWith(message), error.report?.events], ["stream_failed", true, events]);
        }
      }
    },
  },
  {
    name: "gunzip returns the same bytes",
    async run() {
      const text: string[] = [];
      const decoder = new TextDecoder();
      const bytes = joined(await packed(line("a")), zeros, await packed("b"));
      for await (const chunk of gunzip(new Blob([bytes]).stream())) text.push(decoder.decode(chunk, { stream: true }));
      same(text.join("").endsWith("}\nb"), true);
    },
  },
  {
    name: "a body or a stream that was read before is an error",
    async run() {
      const request = () => new Request("http://localhost/", { method: "POST", body: line("a") });
      for (const make of [() => new Response(line("a")), request, () => new Blob([line("a")]).stream()]) {
        const input = make();
        same(counted(await check(input)), [1, 1]);
        same((await failure(check(input))).code, "already_read");
      }
      const [response, stream] = [new Response(line("a")), new Blob([line("a")]).stream()];
      await response.text();
      await stream.cancel();
      const locked = new Blob([line("a")]).stream();
      locked.getReader();
      const partly = twoChunks();
      const reader = partly.getReader();
      await reader.read();
      reader.releaseLock();
      for (const input of [response, stream, locked, partly]) same((await failure(check(input))).code, "already_read");
    },
  },
  {
    name: "clones and branches are each read as a whole, and an empty one is empty input",
    async run() {
      const response = new Response(line("a"));
      const all: Input[] = [response.clone(), response, ...new Blob([line("a")]).stream().tee(), twoChunks()];
      for (const input of all) same((await check(input)).clean > 0, true);
      for (const input of [new Response(null), new Blob([]).stream()]) {
        same((await check(input)).issueCounts, { empty_input: 1 });
      }
    },
  },
];

const counted = ({ events, clean }: Report) => [events, clean];

/** Returns the same bytes as a whole, and in chunks. */
function inputsOf(bytes: Uint8Array<ArrayBuffer>): Input[] {
  const chunks = (async function* () {
    for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
  })();
  return [bytes, new Blob([bytes]), new Response(bytes), chunks];
}

function twoChunks(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const key of ["a", "b"]) controller.enqueue(encode(line(key)));
      controller.close();
    },
  });
}

async function packed(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

async function failure(input: Promise<unknown>): Promise<InputError> {
  const error = await input.then(
    () => undefined,
    (error) => error,
  );
  if (error instanceof InputError) return error;
  throw new Error(`no InputError, but ${error}`);
}

function same(found: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${a}, not ${b}`);
}
