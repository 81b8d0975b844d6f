import { InputError, send } from "split-events";
import { expect, test } from "vitest";
import { answer } from "../../worker/src/answer.js";
import { event } from "../support/events.js";
import { startSandbox } from "../support/sandbox.js";
import { KEY } from "./support.js";

// The proxy of wrangler's dev server lets no such body through, so the receipts come from the package itself.
async function answerTo(chunks: string[]): Promise<{ status: number; json: object }> {
  const { endpoint } = await startSandbox();
  async function* body() {
    yield* chunks;
    throw new Error("the client has left");
  }
  const error = await send(body(), { apiKey: KEY, endpoint }).catch((error) => error);
  if (!(error instanceof InputError && error.receipt)) throw new Error(`expected an InputError, got ${error}`);
  const response = answer(error.receipt);
  return { status: response.status, json: (await response.json()) as object };
}

test("a body that breaks off after events were taken is answered 502: 4xx would say that none was", async () => {
  const { status, json } = await answerTo([`[${JSON.stringify(event(0))},`]);
  expect(status).toBe(502);
  expect(json).toMatchObject({ events: 1, accepted: 1, complete: false, detail: expect.stringContaining("broke off") });
});

test("a body that breaks off before its first event is answered 400", async () => {
  const { status, json } = await answerTo(["["]);
  expect(status).toBe(400);
  expect(json).toMatchObject({ events: 0, complete: false });
});
