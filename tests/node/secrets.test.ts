import { mkdirSync } from "node:fs";
import { listUnknown, type Receipt, receiptCsv, resolveUnknown, resumeImport, type Store, send } from "split-events";
import { directoryStore } from "split-events/stores/directory";
import { expect, test } from "vitest";
import { runCli, runJson } from "../support/cli.js";
import { events, ndjson } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { startSandbox } from "../support/sandbox.js";
import { API_KEY, fileWithKey } from "../support/secrets.js";

const apiKey = "a-key-for-tests";

test("the tests find a key in any file of a folder", () => {
  const folder = new Folder();
  mkdirSync(folder.file("a"));
  expect(fileWithKey(folder.path)).toBeUndefined();
  const path = folder.write("a/log", `Authorization: Bearer ${apiKey}`);
  expect(fileWithKey(folder.path)).toBe(path);
  folder.write("a/log", "");
});

test("the key is in no journal, ledger, receipt, error, progress or undelivered event, though the service repeats it", async () => {
  const folder = new Folder();
  const sandbox = await startSandbox();
  const body = `Authorization: Bearer ${apiKey} is not welcome`;
  sandbox.setFaults([
    { post: 2, do: "status", status: 400, body },
    { post: 3, do: "status", status: 500, body },
    { post: 4, do: "status", status: 503, body, headers: { "retry-after": "0" } },
    { post: 6, do: "redirect", location: `http://${apiKey}@127.0.0.1/` },
    { post: 7, do: "status", status: 403, body },
  ]);
  const failing = ((...args: Parameters<typeof fetch>) =>
    sandbox.posts().length < 8
      ? fetch(...args)
      : Promise.reject(new TypeError(`failed with ${apiKey}`, { cause: new Error(apiKey) }))) as typeof fetch;
  const said: unknown[] = [];
  const tell = (...values: unknown[]) =>
    void said.push(...values.map((value) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : value)));
  const options = {
    ...{ apiKey, endpoint: sandbox.endpoint, concurrency: 1, fetch: failing },
    ...{ onProgress: tell, onAttempt: tell, onUndelivered: tell, retry: { attempts: 2, baseMs: 1 } },
  };
  const [journal, ledger]: Store[] = [
    await directoryStore(folder.file("journal")),
    await directoryStore(folder.file("ledger")),
  ];
  const receipts: Receipt[] = [await send(events(60), { ...options, maxEvents: 5, journal, ledger } as never)];
  for (const { id } of await listUnknown(journal as Store)) await resolveUnknown(journal as Store, id, "resend");
  for (let again = 0; again < 3; again += 1)
    receipts.push(await resumeImport(journal as Store, { ...options, ledger } as never));
  for (const key of [`${apiKey} `, `${apiKey}\n`, `${apiKey}é`]) {
    said.push(
      await send(events(1), { ...options, apiKey: key }).catch((error: Error) => `${error.stack} ${error.message}`),
    );
  }
  await journal?.close();
  await ledger?.close();
  expect(new Set(receipts.flatMap(({ batches }) => batches.map(({ state }) => state))).size).toBe(4);
  const text = JSON.stringify([said, receipts, receipts.map(receiptCsv)]);
  expect(text).toContain("[key]");
  expect(text).not.toContain(apiKey);
  expect(fileWithKey(folder.path)).toBeUndefined();
});

test("the key is removed from what others wrote, and never from words of this package", async () => {
  for (const key of ["k", "e", "an-ordinary-key-4711"]) {
    const sandbox = await startSandbox();
    const body = `the token ${key} is not known`;
    sandbox.setFaults([
      { post: 1, do: "status", status: 400, body },
      { post: 2, do: "status", status: 400, body },
    ]);
    const hidden = body.replaceAll(key, "[key]");
    const receipt = await send(events(1), { apiKey: key, endpoint: sandbox.endpoint });
    expect(receipt.batches[0]?.message).toBe(`the service answered 400: ${hidden}`);
    const why = `cannot reach ${sandbox.endpoint} with ${key}`;
    const fails = () => Promise.reject(new TypeError(why));
    const failed = await send(events(1), { apiKey: key, endpoint: sandbox.endpoint, fetch: fails });
    expect(failed.batches[0]?.attempts[0]).toMatchObject({ error: why.replaceAll(key, "[key]") });

    const path = new Folder().write("events.ndjson", ndjson(events(1)));
    const env = { SPLIT_API_KEY: key };
    const sent = await runJson<Receipt>(["send", path, "--endpoint", sandbox.endpoint], { env });
    expect(sent.json.batches[0]?.message).toBe(`the service answered 400: ${hidden}`);
    const { stderr } = await runCli(["send", path, "--endpoint", "nowhere"], { env });
    expect(stderr).toContain(
      "--endpoint must be an http or https address, as in https://events.split.io/api/events/bulk",
    );
    const missing = await runCli(["send", `${path}.backup`, "--endpoint", sandbox.endpoint], { env });
    expect(missing.stderr).toContain(`${path}.backup`);
    const closed = await runCli(
      ["send", path, "--endpoint", `http://127.0.0.1:9/events/bulk?token=${key}`, "--retries", "0"],
      { env },
    );
    expect(`${closed.stdout}${closed.stderr}`).not.toContain("token=");
  }
});

test("a key in a path, an address or another option is not shown", async () => {
  const path = new Folder().write("events.ndjson", ndjson(events(1)));
  const sandbox = await startSandbox();
  sandbox.setFaults([{ do: "status", status: 403 }]);
  // fails if the command prints the key
  for (const args of [
    ["send", API_KEY],
    ["check", `./${API_KEY}/events.ndjson`],
    ["check", path, "--format", API_KEY],
    ["send", path, "--format", API_KEY],
    ["send", path, "--timeout", API_KEY],
    ["send", path, `--timeout=${API_KEY}`],
    ["send", path, "--endpoint", API_KEY],
    ["send", path, "--endpoint", `http://127.0.0.1:9/${API_KEY}/bulk`, "--retries", "0"],
    ["send", path, "--endpoint", `http://127.0.0.1:9/bulk?key=${API_KEY}`, "--retries", "0"],
    ["send", path, "--journal", `${path}/${API_KEY}`],
    ["resume", "--journal", API_KEY],
    [`--${API_KEY}`],
    [API_KEY],
  ]) {
    const { code } = await runCli(args);
    expect(code, args.join(" ")).toBeGreaterThan(1);
  }
});
