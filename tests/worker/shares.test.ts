import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { beforeAll, expect, test } from "vitest";
import { processes } from "../../bench/worker/cpu.js";
import { events } from "../support/events.js";
import { ask, KEY, useWorker } from "./support.js";

const SHOP_KEY = "shop-key-must-never-show";
const given = useWorker({ vars: { SHARDS: 4, BODY_SECONDS: 60, CLIENT_KEY_SHOP: SHOP_KEY } });

let direct: URL;
beforeAll(async () => {
  direct = await given.worker.direct();
});

/** The bytes that each slow connection holds: 15 of them hold more than an isolate may. */
const HELD = 4_500_000;
const SLOW = 15;
const piece = Buffer.from(`${JSON.stringify(events(100)).slice(1, -1)},`);

interface Body {
  path?: string;
  headers?: string[];
  /** The bytes that it sends, and its Content-Length. */
  bytes: number;
  length: number;
}

const LARGE: Body = { bytes: HELD, length: HELD + 500_000 };

/** A POST that has sent almost all of its body, and waits. */
class Slow {
  said = "";
  readonly #bytes: number;
  readonly #socket: Socket;
  readonly #closed: Promise<unknown>;

  constructor(key: string, address: string, { path = "/api/events/bulk", headers = [], bytes, length }: Body = LARGE) {
    this.#bytes = bytes;
    this.#socket = connect(Number(direct.port), direct.hostname);
    this.#socket.setEncoding("utf8").on("data", (text: string) => {
      this.said += text;
    });
    this.#closed = new Promise((resolve) => this.#socket.once("close", resolve).once("error", resolve));
    const head = [
      `POST ${path} HTTP/1.1`,
      "host: localhost",
      `authorization: Bearer ${key}`,
      `cf-connecting-ip: ${address}`,
      ...headers,
      `content-length: ${length}`,
    ];
    this.#socket.write(`${head.join("\r\n")}\r\n\r\n[`);
  }

  /** Sends the rest, until it is answered. */
  async send(): Promise<this> {
    for (let left = this.#bytes; left > 0 && this.said === "" && !this.#socket.destroyed; left -= piece.length) {
      if (this.#socket.write(piece.subarray(0, left))) continue;
      await Promise.race([new Promise((resolve) => this.#socket.once("drain", resolve)), this.#closed]);
    }
    return this;
  }

  async close(): Promise<void> {
    this.#socket.destroy();
    await this.#closed;
  }
}

/** Returns the memory of all workerd that these tests started, in MB. */
function resident(): number {
  const of = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  return [...processes("workerd")].reduce((sum, pid) => sum + of(pid), 0) / 1_000;
}

/** Opens a number of connections, and closes them when the work is done. */
async function whileSlow<T>(
  count: number,
  open: (number: number) => Slow,
  work: (slow: Slow[]) => Promise<T>,
): Promise<T> {
  const slow = Array.from({ length: count }, (_, number) => open(number));
  try {
    await Promise.all(slow.map((one) => one.send()));
    return await work(slow);
  } finally {
    await Promise.all(slow.map((one) => one.close()));
  }
}

const large = JSON.stringify(events(45_000));
const post = async (key: string, address: string) => {
  const headers = { authorization: `Bearer ${key}`, "cf-connecting-ip": address };
  const { status, headers: answered, json } = await ask(direct, { headers, body: large });
  return status === 503 ? [status, answered.get("retry-after"), json.detail] : status;
};
const refusedOf = (slow: Slow[]) => slow.filter(({ said }) => said.startsWith("HTTP/1.1 503"));

test("15 slow connections of one address, or of one key, are refused beyond their share, and others' large posts are taken", async () => {
  const places: [string, (number: number) => string][] = [
    ["address", () => "192.0.2.1"],
    ["key", (number) => `192.0.2.${number + 1}`],
  ];
  for (const [share, address] of places) {
    await whileSlow(
      SLOW,
      (number) => new Slow(KEY, address(number)),
      async (slow) => {
        await expect.poll(() => refusedOf(slow).length, { timeout: 20_000 }).toBeGreaterThan(2);
        const refused = refusedOf(slow);
        expect(refused.length).toBeLessThan(SLOW - 5);
        for (const { said } of refused) expect(said).toContain(`too many large requests of this ${share} at once`);
        expect(await post(SHOP_KEY, "198.51.100.7")).toBe(202);
        if (share === "address") expect(await post(KEY, "198.51.100.7")).toBe(202);
      },
    );
  }
});

/** Less than what is read at once, so that the stream has handed out none of it. */
const BEACON: Body = { path: "/api/events/beacon", bytes: 65_000, length: 65_500 };

test("slow beacons without a key hold no more than 64 KB each, and do not affect others", async () => {
  const open = (number: number) => new Slow("none", `192.0.2.${number % 3}`, BEACON);
  await whileSlow(100, open, async (slow) => {
    expect(slow.filter(({ said }) => said !== "")).toEqual([]);
    expect(await post(SHOP_KEY, "198.51.100.7")).toBe(202);
  });
});

test.each<[string, string[]]>([
  ["plain", []],
  ["gzip", ["content-encoding: gzip"]],
])("the buffers of slow beacons count: 1,000 of one address, %s, are refused beyond its share", async (_, headers) => {
  const open = () => new Slow("none", "192.0.2.1", { ...BEACON, headers });
  await whileSlow(1_000, open, async (slow) => {
    // each holds as much as the others leave: half of the 64 MB
    await expect.poll(() => refusedOf(slow).length, { timeout: 20_000 }).toBeGreaterThan(450);
    expect(refusedOf(slow).length).toBeLessThan(600);
    for (const { said } of refusedOf(slow)) expect(said).toContain("too many large requests of this address at once");
    expect(await post(SHOP_KEY, "198.51.100.7")).toBe(202);
  });
  // all memory is free again once workerd has seen that they are gone
  const large = () => Promise.all(Array.from({ length: 6 }, () => post(KEY, "192.0.2.1")));
  await expect.poll(large, { timeout: 20_000 }).toEqual(Array(6).fill(202));
});

test("25 large beacons without a key are refused, and take hardly any memory", async () => {
  const before = resident();
  const beacon = new Blob([`{"entries":${large},"token":"none"}`]);
  const answers = Array.from({ length: 25 }, (_, number) => {
    const path = `/api/${number % 2 === 0 ? "events" : "testImpressions"}/beacon`;
    // a client that goes on sending may be cut off before it reads its answer
    return ask(direct, { path, headers: {}, body: beacon.stream() }).then(
      ({ status }) => status,
      () => 413,
    );
  });
  expect(new Set(await Promise.all(answers))).toEqual(new Set([413]));
  expect(resident() - before).toBeLessThan(50);
});

test("the memory of a request is free again, however the request ended", async () => {
  const headers = { authorization: `Bearer ${KEY}` };
  for (let round = 0; round < 3; round += 1) {
    await whileSlow(
      SLOW,
      () => new Slow(KEY, "192.0.2.9"),
      async () => undefined,
    );
    for (const body of [
      `${large.slice(0, -1)},{"cut":`,
      large,
      `{"other":[${large}]}`,
      large.replace("[", "["),
      "hello",
    ]) {
      await ask(direct, { headers, body });
    }
    // a client that goes on sending may be cut off before it reads its answer
    await ask(direct, { headers: { ...headers, "content-encoding": "gzip" }, body: large }).catch(() => undefined);
    await ask(direct, { path: "/api/testImpressions/bulk", headers, body: large });
  }
  // the whole share of one address is free again
  await whileSlow(
    6,
    () => new Slow(KEY, "192.0.2.9"),
    async (slow) => {
      expect(refusedOf(slow)).toEqual([]);
      expect(await post(SHOP_KEY, "198.51.100.7")).toBe(202);
    },
  );
});
