import { mkdirSync } from "node:fs";
import { listUnknown, type Receipt, receiptCsv, resolveUnknown, resumeImport, type Store, send } from "split-events";
import { directoryStore } from "split-events/stores/directory";
import { expect, test } from "vitest";
import { events } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { startSandbox } from "../support/sandbox.js";
import { fileWithKey } from "../support/secrets.js";

const apiKey = "a-key-for-tests";

test("a key in any file of a test's folder is found", () => {
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
