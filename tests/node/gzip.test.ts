import { gunzipSync, gzipSync } from "node:zlib";
import { Batcher, check, gunzip, InputError, type Report, send } from "split-events";
import { expect, test } from "vitest";
import { runCli, runJson } from "../support/cli.js";
import { event, events, ndjson } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { failure } from "../support/input-error.js";

const COUNT = 20_000;
const packed = gzipSync(ndjson(Array.from({ length: COUNT }, (_, i) => event(i, { value: Math.sin(i) }))));

async function* chunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test("gzip is recognised in bytes, blobs, responses and streams", async () => {
  const whole = { events: COUNT, clean: COUNT, issues: [] };
  expect(await check(packed)).toMatchObject(whole);
  expect(await check(new Blob([packed]))).toMatchObject(whole);
  expect(await check(new Response(packed))).toMatchObject(whole);
  expect(await check(chunks(packed, 1000))).toMatchObject(whole);
});

test("gzip is recognised if the first chunk has one byte", async () => {
  const small = gzipSync(JSON.stringify(events(3)));
  expect(await check(chunks(small, 1))).toMatchObject({ events: 3, clean: 3 });
});

test("a JSON array in gzip is read as the array", async () => {
  expect(await check(gzipSync(JSON.stringify(events(3))))).toMatchObject({ events: 3, clean: 3 });
});

test("one reused buffer may carry all chunks of a gzip stream", async () => {
  async function* reused() {
    const buffer = new Uint8Array(1);
    for (const byte of gzipSync(ndjson(events(50)))) {
      buffer[0] = byte;
      yield buffer;
    }
  }
  expect(await check(reused())).toMatchObject({ events: 50, clean: 50 });
});

test("gzip of several members is read to the end of the last", async () => {
  const members = Buffer.concat([gzipSync(ndjson(events(2))), gzipSync(ndjson(events(3)))]);
  expect(await check(members)).toMatchObject({ events: 5, clean: 5 });
});

const [first, second] = [gzipSync(ndjson([event(0)])), gzipSync(ndjson([event(1)]))];
const zeros = Buffer.alloc(512);

test.each<[string, Uint8Array[], number]>([
  ["zeros behind a member are padding", [first, zeros], 1],
  ["a member behind zeros is read", [first, zeros, second, zeros], 2],
  ["a member that is empty has no events", [gzipSync(""), first, gzipSync(""), second], 2],
])("%s", async (_, parts, count) => {
  const packed = Buffer.concat(parts);
  for (const size of [1, 7, packed.length]) {
    expect(await check(chunks(packed, size))).toMatchObject({ events: count, clean: count, issues: [] });
  }
});

test("other bytes behind the gzip data fail the stream, with all that was read before", async () => {
  for (const padding of [Buffer.alloc(0), zeros]) {
    const packed = Buffer.concat([first, second, padding, Buffer.from("more text")]);
    for (const size of [1, 7, packed.length]) {
      const error = await failure(check(chunks(packed, size)));
      expect(error).toMatchObject({ code: "stream_failed", cause: { code: "gzip_corrupt" } });
      const at = packed.length - "more text".length;
      expect(error.message).toContain(`bytes that are not gzip stand behind the gzip data, from byte ${at} on`);
      expect(error.report).toMatchObject({ events: 2, clean: 2 });
    }
  }
});

test("gzip that is cut at any byte of its second member is an error", async () => {
  const packed = Buffer.concat([first, second]);
  for (let end = first.length + 1; end < packed.length; end += 1) {
    const error = await failure(check(packed.subarray(0, end)));
    expect(error.message).toContain("the gzip data is cut off in its member 2");
    expect(error.report?.events).toBeGreaterThan(0);
  }
});

test("a checksum or a length that is wrong fails the stream", async () => {
  for (const at of [1, 5]) {
    const packed = Buffer.from(first);
    packed[packed.length - at] = (packed[packed.length - at] ?? 0) ^ 1;
    expect((await failure(check(packed))).message).toContain("the gzip data is corrupt");
  }
});

test("gunzip returns the bytes, also those before an error", async () => {
  const packed = Buffer.concat([first, zeros, second]);
  const given: Uint8Array[] = [];
  const read = async (input: Parameters<typeof gunzip>[0]) => {
    given.length = 0;
    for await (const chunk of gunzip(input)) given.push(chunk);
  };
  const text = Buffer.concat([gunzipSync(first), gunzipSync(second)]).toString();
  for (const input of [chunks(packed, 5), new Blob([packed]), new Response(packed), new Blob([packed]).stream()]) {
    await read(input);
    expect(Buffer.concat(given).toString()).toBe(text);
  }
  expect(await failure(read(chunks(packed.subarray(0, -1), 5)))).toMatchObject({ code: "gzip_corrupt" });
  expect(Buffer.concat(given).toString()).toBe(text);
  expect(await failure(read(new Blob(["[]"])))).toMatchObject({ message: "these bytes are not gzip" });
  expect(await failure(read(7 as never))).toMatchObject({ code: "invalid_input" });
});

test("gzip that is cut off fails the stream, with what was read before", async () => {
  const error = await failure(check(packed.subarray(0, packed.length >> 1)));
  expect(error).toMatchObject({
    code: "stream_failed",
    message: expect.stringContaining("gzip data is cut off"),
  });
  expect(error.report?.events).toBeGreaterThan(0);
  expect(error.report?.events).toBeLessThan(COUNT);
});

test("gzip that is corrupt in the middle fails the stream, with what was read before", async () => {
  const corrupt = Buffer.from(packed).fill(0xff, packed.length >> 1, (packed.length >> 1) + 50);
  const error = await failure(check(corrupt));
  expect(error.code).toBe("stream_failed");
  expect(error.report?.events).toBeGreaterThan(0);
});

test("if the source of gzip fails, its own error is reported", async () => {
  async function* failing() {
    yield packed.subarray(0, 5000);
    throw new Error("the disk is gone");
  }
  const error = await failure(check(failing()));
  expect(error).toMatchObject({ code: "stream_failed", message: expect.stringContaining("the disk is gone") });
});

test("bytes that only begin like gzip are not read as gzip", async () => {
  expect((await check(Uint8Array.of(0x1f))).issueCounts).toEqual({ input_binary: 1 });
  expect((await check(Uint8Array.of(0x1f, 0x8c, 0, 0))).issueCounts).toEqual({ input_binary: 1 });
});

test("a Batcher says that it cannot read gzip, however it is cut", () => {
  expect(() => new Batcher().push(packed)).toThrow(/use check or send, or decompress/);
  const batcher = new Batcher();
  batcher.push(packed.subarray(0, 1));
  expect(() => batcher.push(packed.subarray(1))).toThrow(InputError);
});

test("gzip is recognised in each of several sources, and sent", async () => {
  async function* mixed() {
    yield gzipSync(ndjson([event(0)]));
    yield event(1);
    yield gzipSync(ndjson([event(2)]));
    yield event(3);
    yield ndjson([event(4)]);
  }
  const bodies: { key: string }[][] = [];
  const post = async (_: unknown, request?: RequestInit) => {
    bodies.push(JSON.parse(new TextDecoder().decode(request?.body as Uint8Array)));
    return new Response(null, { status: 202 });
  };
  expect(await send(mixed(), { apiKey: "key", fetch: post as typeof fetch })).toMatchObject({ accepted: 5 });
  expect(bodies.flat().map(({ key }) => key)).toEqual([0, 1, 2, 3, 4].map((n) => `user-${n}`));
});

test("the command line names the file whose gzip is cut off", async () => {
  const folder = new Folder();
  const [whole, cut] = [folder.write("a.gz", first), folder.write("b.gz", first.subarray(0, -3))];
  const { code, stderr } = await runCli(["check", whole, cut]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(`${cut}: the gzip data is cut off`)]);
});

test("the command line reads gzip files by what is in them, not by their names", async () => {
  const path = new Folder().write("events.json", gzipSync(ndjson(events(7))));
  expect((await runJson<Report>(["check", path])).json).toMatchObject({ events: 7, clean: 7 });
});
