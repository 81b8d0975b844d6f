import { createSandbox } from "split-events-sandbox";
import { expect, onTestFinished, test } from "vitest";
import { events } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { account } from "./account.js";
import { Killable } from "./killable.js";
import { least } from "./length.js";
import { KEY, type Options } from "./support.js";

const KILLS = least(5, 50);
const CLIENTS = 4;
const EVENTS = 20;

interface Post {
  id: string;
  keys: string[];
  body: string;
}

test(`what was answered 202 survives ${KILLS} kills with -9, and no event is sent twice`, {
  timeout: 1_200_000,
}, async () => {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  // late answers, so that kills fall between a request and its answer
  sandbox.setFaults([{ every: 2, do: "delay", ms: 60 }]);
  const options: Options = {
    upstream: `${sandbox.url}/api/events/bulk`,
    persist: new Folder().path,
    vars: { SHARDS: 2 },
  };
  const answered: string[] = [];
  const open: Post[] = [];
  let number = 0;
  let worker: Killable | undefined;
  onTestFinished(() => worker?.kill());

  const next = (): Post => {
    const id = `post-${number++}`;
    const sent = events(EVENTS).map((one) => ({ ...one, key: `${id} ${one.key}` }));
    return { id, keys: sent.map(({ key }) => key), body: JSON.stringify(sent) };
  };
  /** Posts until the Worker is gone. The next round posts again what was not answered. */
  const client = async (url: URL) => {
    while (true) {
      const post = open.pop() ?? next();
      try {
        const response = await fetch(new URL("/api/events/bulk", url), {
          method: "POST",
          headers: { authorization: `Bearer ${KEY}`, "idempotency-key": post.id },
          body: post.body,
        });
        await response.arrayBuffer();
        if (response.status !== 202) throw new Error(`answered ${response.status}`);
        answered.push(...post.keys);
      } catch {
        open.push(post);
        return;
      }
    }
  };

  for (let round = 0; round < KILLS; round += 1) {
    worker = await Killable.start(options);
    const { url } = worker;
    const before = answered.length;
    const clients = Array.from({ length: CLIENTS }, () => client(url));
    // its life begins with its first answer, and ends at another moment each time
    await expect.poll(() => answered.length, { interval: 5, timeout: 30_000 }).toBeGreaterThan(before);
    await new Promise((resolve) => setTimeout(resolve, 20 + ((round * 7919) % 400)));
    await worker.kill();
    await Promise.all(clients);
  }

  worker = await Killable.start(options);
  const { url, admin } = worker;
  while (open.length > 0) {
    const { id, keys, body } = open.pop() as Post;
    const headers = { authorization: `Bearer ${KEY}`, "idempotency-key": id };
    const response = await fetch(new URL("/api/events/bulk", url), { method: "POST", headers, body });
    expect(response.status).toBe(202);
    answered.push(...keys);
  }
  await admin.settled(answered.length);
  const found = await account(answered, sandbox, admin);
  console.log(`${KILLS} kills, ${answered.length} events answered 202: ${JSON.stringify(found)}, 0 lost, 0 twice`);
  expect(found.accepted).toBeGreaterThan(0);
});
