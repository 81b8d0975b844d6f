import { build } from "./lib/build.mjs";
import { onStop } from "./lib/child.mjs";
import { bulk, startSandbox } from "./lib/demo.mjs";
import { bold, run, say } from "./lib/say.mjs";
import { localKeys, serveWorker } from "./lib/serve.mjs";
import { setup } from "./lib/setup.mjs";

await run(async () => {
  await setup();
  await build();
  const sandbox = process.env.UPSTREAM ? undefined : await startSandbox();
  const upstream = process.env.UPSTREAM ?? bulk(/** @type {import("split-events-sandbox").Sandbox} */ (sandbox).url);
  const worker = await serveWorker(upstream, { loud: true });
  onStop(0);
  say("");
  say(`The Worker takes events at ${bold(`${worker}/api/events/bulk`)}`);
  say(
    `from ${bold(`Authorization: Bearer ${localKeys.client}`)}, keeps them in worker/template/.wrangler until they are sent,`,
  );
  say(`and forwards them to ${bold(upstream)}${sandbox ? ", a stand-in for the service (or set UPSTREAM)" : ""}.`);
  say("The local queue is in memory: kill -9 loses its events. Cloudflare's queue loses none.");
  say(`See its counts: SPLIT_WORKER_ADMIN_KEY=${localKeys.admin} npx split-events worker counts --url ${worker}`);
  say("Ctrl-C ends it.");
});
