import { fileURLToPath } from "node:url";
import { createSandbox } from "split-events-sandbox";
import { expect, onTestFinished, test } from "vitest";
import { events } from "../support/events.js";
import { account } from "./account.js";
import { Worker } from "./support.js";

const entrypoint = fileURLToPath(new URL("entries/module-failing.ts", import.meta.url));

test("a module that fails costs no request and no event: the next request finds another instance", async () => {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  const worker = await Worker.start({ upstream: `${sandbox.url}/api/events/bulk`, buffer: "outbox", entrypoint });
  onTestFinished(() => worker.dispose());
  const sent = Array.from({ length: 6 }, (_, request) =>
    events(20).map((one) => ({ ...one, key: `${request} ${one.key}` })),
  );
  for (const body of sent) {
    expect((await worker.post(body)).status).toBe(202);
    expect(await (await fetch(new URL("/fail", worker.url))).text()).toBe("module_failed");
  }
  await worker.admin.settled(120);
  const keys = sent.flat().map(({ key }) => key);
  const { accepted, unknown, refused } = await account(keys, sandbox, worker.admin);
  expect({ all: accepted + unknown, refused }).toEqual({ all: 120, refused: 0 });
});
