import { expect, test } from "vitest";
import { blocksFor } from "../support/package-page.js";
import { Pasted } from "../support/pasted.js";

test("the Workers of docs/PACKAGE.md run in workerd as pasted, and the sandbox has what is posted to them", async () => {
  const [worker, dev, post, whole, use, ...others] = blocksFor("worker");
  if (!worker || !dev || !post || !whole || !use) throw new Error("docs/PACKAGE.md has fewer blocks for a Worker");
  expect(others).toEqual([]);
  const pasted = await Pasted.begin();
  const env = { SPLIT_API_KEY: "demo" };
  await pasted.run("npm install split-events");
  await pasted.serve("npx split-events sandbox --port 8787", "the sandbox is at");

  pasted.save(worker);
  const served = await pasted.serve(dev.text, "Ready on");
  expect(JSON.parse(await pasted.run(quiet(post.text)))).toMatchObject({ events: 2, accepted: 2 });
  expect(await pasted.ledger()).toHaveLength(2);
  await served.end();

  await pasted.serve(whole.text, "Ready on");
  const output = await pasted.run(quiet(use.text), env);
  expect(output).toContain('"events":2');
  await expect.poll(async () => (await pasted.ledger()).length, { timeout: 20_000 }).toBe(4);
});

function quiet(text: string): string {
  return text.replaceAll(/^curl /gm, "curl -sS ");
}
