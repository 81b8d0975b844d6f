import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createClient, init, type Progress, type Receipt, resumeImport, type SendOptions, send } from "split-events";
import { memoryStore } from "split-events/stores/memory";
import { expect, onTestFinished, test } from "vitest";
import { API_KEY, runCli, runJson } from "../support/cli.js";
import { events, ndjson } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { startSandbox } from "../support/sandbox.js";

/** Starts a server that reads each POST and answers it with the function. */
async function serve(answer: RequestListener): Promise<{ endpoint: string; times: number[] }> {
  const times: number[] = [];
  const server = createServer((request, response) => {
    times.push(Date.now());
    request.resume().on("end", () => void answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/events/bulk`, times };
}

const deliver = (endpoint: string, count: number, options: Partial<SendOptions> = {}) =>
  send(events(count), { apiKey: API_KEY, endpoint, maxEvents: 2, ...options });

const sums = ({ accepted, refused, unknown, unsent }: Receipt) => ({ accepted, refused, unknown, unsent });

test.each([301, 308, 402, 406, 410, 411, 415, 421, 426, 431, 451])(
  "%i costs one batch and stops the run, and the right address takes all of it",
  async (status) => {
    const wrong = await serve((_, response) => response.writeHead(status, { location: "/elsewhere" }).end("no"));
    const journal = memoryStore();
    const receipt = await deliver(wrong.endpoint, 20, { journal });
    expect(sums(receipt)).toEqual({ accepted: 0, refused: 2, unknown: 0, unsent: 18 });
    expect(receipt.stopped?.reason).toBe(receipt.batches[0]?.reason);
    // after a 421 undici tries another connection by itself
    expect(wrong.times.length).toBeLessThanOrEqual(status === 421 ? 2 : 1);
    const { endpoint, ledger } = await startSandbox();
    const after = await resumeImport(journal, { apiKey: API_KEY, endpoint });
    expect(sums(after)).toEqual({ accepted: 20, refused: 0, unknown: 0, unsent: 0 });
    expect(ledger()).toHaveLength(20);
  },
);

test("three refusals in a row stop the import and are sent again with the rest; one that stands alone is not", async () => {
  const statuses = [422, 202, 400, 400, 400];
  const wrong = await serve((_, response) => response.writeHead(statuses.shift() ?? 500).end("too few"));
  const journal = memoryStore();
  const receipt = await deliver(wrong.endpoint, 20, { journal, concurrency: 1 });
  expect(sums(receipt)).toEqual({ accepted: 2, refused: 8, unknown: 0, unsent: 10 });
  expect(receipt.batches.map(({ reason }) => reason ?? "accepted").slice(0, 6)).toEqual([
    ...["rejected", "accepted", "all_refused", "all_refused", "all_refused", "stopped"],
  ]);
  expect(receipt.stopped).toMatchObject({ reason: "all_refused", message: expect.stringContaining("400: too few") });
  const { endpoint, ledger } = await startSandbox();
  const after = await resumeImport(journal, { apiKey: API_KEY, endpoint });
  expect(sums(after)).toEqual({ accepted: 18, refused: 2, unknown: 0, unsent: 0 });
  expect(ledger()).toHaveLength(16);
});

test("a client leaves the service alone after an answer about the address, and keeps the rest queued", async () => {
  await init();
  const wrong = await serve((_, response) => response.writeHead(301, { location: "/elsewhere" }).end());
  const client = createClient({ apiKey: API_KEY, endpoint: wrong.endpoint, maxEvents: 2, flushIntervalMs: 1e6 });
  for (const event of events(10)) client.track(event);
  expect(await client.flush({ patienceMs: 0 })).toMatchObject({ refused: 2, unknown: 0, queued: 8 });
  expect(wrong.times).toHaveLength(1);
  await client.close({ deadlineMs: 0 });
});

test.each([
  ["200 with a page", 200, "text/html", "<html><title>Log in to the network</title></html>", "a web page"],
  ["200 with an error", 200, "application/json", '{"error":"invalid key","code":401}', "invalid key"],
  ["207 with errors", 207, "application/problem+json", '{"errors":[1]}', "207"],
])("%s is unknown and stops the run", async (_, status, type, body, said) => {
  const other = await serve((_, response) => response.writeHead(status, { "content-type": type }).end(body));
  const receipt = await deliver(other.endpoint, 8);
  expect(sums(receipt)).toEqual({ accepted: 0, refused: 0, unknown: 2, unsent: 6 });
  expect(receipt.stopped?.reason).toBe("foreign_answer");
  expect(receipt.batches[0]).toMatchObject({ reason: "foreign_answer", message: expect.stringContaining(said) });
  expect(receipt.batches[0]?.attempts).toMatchObject([{ status }]);
  expect(other.times).toHaveLength(1);
  const known = await deliver(other.endpoint, 8, { statuses: { "2xx": "accepted" } });
  expect(sums(known)).toEqual({ accepted: 8, refused: 0, unknown: 0, unsent: 0 });
});

test("a JSON body that never ends counts as accepted, and holds its request for two seconds at most", async () => {
  const other = await serve((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.write('{"error":');
  });
  const began = Date.now();
  expect(sums(await deliver(other.endpoint, 4, { concurrency: 1 }))).toMatchObject({ accepted: 4 });
  expect(Date.now() - began).toBeGreaterThan(3_900);
  expect(Date.now() - began).toBeLessThan(8_000);
});

test("if Retry-After is given twice the longest counts, and a fraction is obeyed", async () => {
  for (const [retryAfter, ms] of [
    [["0", "1"], 1_000],
    ["0.7", 700],
  ] as const) {
    let asked = 0;
    const service = await serve((_, response) => {
      asked += 1;
      if (asked === 1) response.writeHead(429, { "retry-after": retryAfter as string }).end();
      else response.writeHead(202).end();
    });
    expect(sums(await deliver(service.endpoint, 2, { retry: { baseMs: 1 } }))).toMatchObject({ accepted: 2 });
    expect((service.times[1] ?? 0) - (service.times[0] ?? 0)).toBeGreaterThanOrEqual(ms - 2);
  }
});

test("a pause ends at its cap, which progress shows; then one request asks again", async () => {
  let asked = 0;
  const service = await serve((_, response) => {
    asked += 1;
    if (asked === 1) response.writeHead(503, { "retry-after": "86400" }).end();
    else response.writeHead(202).end();
  });
  const seen: Progress[] = [];
  const receipt = await deliver(service.endpoint, 8, {
    pauseCapMs: 300,
    onProgress: (progress) => seen.push(progress),
  });
  expect(sums(receipt)).toMatchObject({ accepted: 8 });
  expect((service.times[1] ?? 0) - (service.times[0] ?? 0)).toBeGreaterThanOrEqual(298);
  expect(seen.some(({ pauseAskedMs, pausedMs }) => pauseAskedMs === 86_400_000 && pausedMs <= 300)).toBe(true);
  expect(seen.at(-1)?.pauseAskedMs).toBeUndefined();
});

test("the command says once that the service asked for a longer pause than pauseCapMs", async () => {
  let asked = 0;
  const service = await serve((_, response) => {
    asked += 1;
    if (asked === 1) response.writeHead(429, { "retry-after": "172800" }).end();
    else response.writeHead(202).end();
  });
  const file = new Folder().write("events.ndjson", ndjson(events(4)));
  const args = ["send", file, "--endpoint", service.endpoint, "--max-events", "2", "--pause-cap", "300ms"];
  const { code, stderr } = await runCli(args);
  expect(code).toBe(0);
  expect(stderr.match(/asked for a pause of 48 h; because of --pause-cap the next request goes in 1 s/g)).toHaveLength(
    1,
  );
});

test("if the address was wrong or all was refused, the command says how to send the events, and not to change them", async () => {
  for (const [status, refused, words] of [
    [308, 2, "Refused because of the key, the address or the account: with the right one resume sends them, too."],
    [400, 6, "Refused one after the other"],
  ] as const) {
    const wrong = await serve((_, response) => response.writeHead(status).end());
    const folder = new Folder();
    const path = folder.write("events.ndjson", ndjson(events(20)));
    const journal = ["--journal", folder.file("journal")];
    const { code, stdout } = await runCli([
      "send",
      path,
      ...journal,
      "--endpoint",
      wrong.endpoint,
      "--max-events",
      "2",
    ]);
    expect(code).toBe(3);
    expect(stdout).toContain(words);
    expect(stdout).not.toContain("need a change before");
    const { endpoint, ledger } = await startSandbox();
    const { json } = await runJson<Receipt>(["resume", ...journal, "--endpoint", endpoint]);
    expect([json.accepted, ledger().length, refused]).toEqual([20, 20, refused]);
  }
});
