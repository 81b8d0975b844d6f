import { parseArgs } from "node:util";
import { build } from "./lib/build.mjs";
import { onStop } from "./lib/child.mjs";
import { bulk, checkLedger, example, sendExample, startSandbox } from "./lib/demo.mjs";
import { bold, colours, dim, Failure, run, say, step } from "./lib/say.mjs";
import { localKeys, servePage, serveWorker } from "./lib/serve.mjs";
import { setup } from "./lib/setup.mjs";

await run(async () => {
  const { once } = options();
  await setup();
  await build();

  const sandbox = await startSandbox();
  const receipt = await send(sandbox.url);
  if (once) {
    await step("the sandbox's ledger", () => checkLedger(sandbox.url));
    await sandbox.close();
    say(JSON.stringify(receipt));
  } else {
    await serve(sandbox.url);
  }
});

function options() {
  try {
    return parseArgs({ options: { once: { type: "boolean", default: false } } }).values;
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message}; usage: npm start [-- --once]`);
  }
}

/** @param {string} url the sandbox's */
async function send(url) {
  const receipt = await sendExample(url);
  const { renderReceipt } = await import("../pkg/build/cli/output/table.js");
  say("");
  say(
    `${bold("split-events")} checks events before they go to Split (Harness FME), says which of them the service would`,
  );
  say("drop without an error, repairs what can be repaired, and says of each event how its delivery ended.");
  say("");
  say(dim(`The example of the service's own documentation, ${example}, sent to a stand-in for the service:`));
  say("");
  say(renderReceipt(receipt, { color: colours, columns: process.stdout.columns || 100 }));
  return receipt;
}

/** @param {string} url the sandbox's */
async function serve(url) {
  onStop(0);
  const [page, worker] = await Promise.all([servePage(), serveWorker(bulk(url))]);
  const rows = [
    ["Admin page", `${page}?endpoint=${encodeURIComponent(bulk(url))}`],
    ["", "choose a file, see what would be dropped, send the rest; any API key will do"],
    ["Worker", `${worker}/api/events/bulk`],
    ["", `takes events as the service does (key ${localKeys.client}), keeps them durably and forwards the good ones`],
    ["CLI", `SPLIT_API_KEY=any npx split-events send FILE --endpoint ${bulk(url)}`],
    ["", "or `check FILE`, which sends nothing"],
    ["Sandbox", `${url}/_ledger`],
    ["", "the stand-in for the service that all of them send to: every event that it has taken"],
  ];
  say(bold("Running on this machine until Ctrl-C:"));
  say("");
  for (const [name = "", text = ""] of rows) say(`  ${name.padEnd(12)}${name ? bold(text) : dim(text)}`);
}
