import { fileURLToPath } from "node:url";
import { createSandbox } from "split-events-sandbox";
import { expect, onTestFinished, test } from "vitest";
import { events } from "../support/events.js";
import { account } from "./account.js";
import { Worker } from "./support.js";

const entrypoint = fileURLToPath(new URL("entries/faulty.ts", import.meta.url));

test.each(["queue", "outbox"] as const)(
  "with BUFFER %s a shard that fails before an insert, after it, and in a turn takes and sends everything once",
  async (buffer) => {
    const sandbox = await createSandbox();
    onTestFinished(() => sandbox.close());
    const worker = await Worker.start({ upstream: `${sandbox.url}/api/events/bulk`, buffer, entrypoint });
    onTestFinished(() => worker.dispose());
    const sent = Array.from({ length: 5 }, (_, request) =>
      events(50).map((one) => ({ ...one, key: `${request} ${one.key}` })),
    );
    const answers = await Promise.all(sent.map((body) => worker.post(body)));
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(202));
    await worker.admin.settled(250);
    expect((await worker.admin.counts()).taken).toBe(250);
    const keys = sent.flat().map(({ key }) => key);
    expect(await account(keys, sandbox, worker.admin)).toEqual({ accepted: 250, unknown: 0, refused: 0 });
  },
);
