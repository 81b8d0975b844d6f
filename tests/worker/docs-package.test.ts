import { expect, test } from "vitest";
import { localKeys } from "../../scripts/lib/serve.mjs";
import { readPage } from "../support/docs.js";
import { blocksFor } from "../support/package-page.js";
import { blocksOf, Pasted } from "../support/pasted.js";
import { startSandbox } from "../support/sandbox.js";

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

test("the blocks of worker/README.md run as pasted, but for those that begin `npm run worker` and deploy", async () => {
  const [run, post, copy, deploy, ...others] = blocksOf(readPage("worker/README.md"));
  expect(run?.text).toMatch(/^npm run worker .*\n$/); // builds everything, then does what is done here by serveWorker
  expect(deploy?.text).toMatch(/ npx split-events worker deploy\n$/); // needs an account
  expect(others).toEqual([]);
  const sandbox = await startSandbox();
  const pasted = await Pasted.begin("repository");
  const vars = { UPSTREAM: sandbox.endpoint, SPLIT_API_KEY: "demo", ADMIN_KEY: localKeys.admin };
  const flags = Object.entries({ ...vars, CLIENT_KEY_LOCAL: localKeys.client }).map((pair) => pair.join(":"));
  const persist = `--persist-to ${pasted.folder}/state`;
  await pasted.serve(
    `npx wrangler dev --cwd worker/template --port 8787 ${persist} --var ${flags.join(" ")}`,
    "Ready on",
  );
  expect(await pasted.run(quiet(post?.text ?? ""))).toContain('"events":2');
  await expect.poll(() => sandbox.ledger().length, { timeout: 20_000 }).toBe(2);

  const linked = copy?.text.replace("npm install", "ln -s ../node_modules node_modules") ?? "";
  expect(await pasted.run(linked)).toMatch(/Total Upload: .*would set the secret/s);
});

function quiet(text: string): string {
  return text.replaceAll(/^curl /gm, "curl -sS ");
}
