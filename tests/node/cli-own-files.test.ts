import { readFileSync, writeFileSync } from "node:fs";
import type { Receipt } from "split-events";
import { expect, test } from "vitest";
import { runCli, runJson } from "../support/cli.js";
import { event, events, ndjson, parseNdjson } from "../support/events.js";
import { Folder } from "../support/folder.js";
import { startSandbox } from "../support/sandbox.js";

/** Sends fourteen events of which one is refused, six end unknown and five unsent, and returns their files. */
async function undelivered(sandbox: Awaited<ReturnType<typeof startSandbox>>, ...args: string[]) {
  sandbox.setFaults([2, 3, 4].map((post) => ({ post, do: "reset", take: true }) as const));
  const folder = new Folder();
  const all = [...events(3), event(3, { key: "" }), ...events(10).map((_, number) => event(number + 4))];
  const files = { refused: folder.file("refused"), unknown: folder.file("unknown"), unsent: folder.file("unsent") };
  const paths = Object.entries(files).flatMap(([name, path]) => [`--${name}`, path]);
  const path = folder.write("events.ndjson", ndjson(all));
  const send = ["send", path, "--endpoint", sandbox.endpoint, "--max-events", "2", "--concurrency", "1"];
  const { json } = await runJson<Receipt>([...send, ...paths, ...args]);
  expect(json).toMatchObject({ events: 14, accepted: 2, refused: 1, unknown: 6, unsent: 5 });
  sandbox.setFaults([]);
  return { all, files, folder };
}

test("refused, corrected, sent: a file of ours is sent by the preset of its name", async () => {
  const sandbox = await startSandbox();
  const { all, files } = await undelivered(sandbox);
  writeFileSync(files.refused, readFileSync(files.refused, "utf8").replace('"key":""', '"key":"Ben"'));
  sandbox.reset();
  for (const name of ["refused", "unsent"] as const) {
    const sent = await runJson<Receipt>(["send", files[name], "--preset", name, "--endpoint", sandbox.endpoint]);
    expect(sent).toMatchObject({ code: 0, json: { refused: 0 } });
  }
  expect(sandbox.ledger().map(({ event }) => event)).toEqual([{ ...all[3], key: "Ben" }, ...all.slice(9)]);
});

test("send asks for the preset of a file of ours, and says that unknown events count twice if they arrived", async () => {
  const sandbox = await startSandbox();
  const { files } = await undelivered(sandbox);
  const posts = sandbox.posts().length;
  for (const name of ["refused", "unknown", "unsent"] as const) {
    const { code, stderr, stdout } = await runCli(["send", files[name], "--endpoint", sandbox.endpoint]);
    const said = `${stdout}${stderr}`;
    expect({ name, code }).toEqual({ name, code: 2 });
    expect(said).toContain(`--preset ${name}`);
    if (name === "unknown") expect(said).toContain("count twice if they arrived");
  }
  expect(sandbox.posts()).toHaveLength(posts);
});

test("a ledger knows the events of such a file: what may have arrived is not sent twice", async () => {
  const sandbox = await startSandbox();
  const ledger = new Folder().file("ledger");
  const { files } = await undelivered(sandbox, "--ledger", ledger);
  const send = ["send", files.unknown, "--preset", "unknown", "--endpoint", sandbox.endpoint, "--ledger", ledger];
  expect((await runJson<Receipt>(send)).json).toMatchObject({ events: 6, accepted: 0, unsent: 6, duplicates: 6 });
});

test("events that a ledger held back are not in what is sent of a file of unsent ones", async () => {
  const sandbox = await startSandbox();
  const folder = new Folder();
  const path = folder.write("events.ndjson", ndjson(events(3)));
  const args = ["send", path, "--endpoint", sandbox.endpoint, "--ledger", folder.file("ledger")];
  await runCli(args);
  const unsent = folder.file("unsent");
  await runCli([...args, "--unsent", unsent]);
  expect(parseNdjson(readFileSync(unsent, "utf8"))).toHaveLength(3);
  await runCli(["send", unsent, "--preset", "unsent", "--endpoint", sandbox.endpoint]);
  expect(sandbox.ledger()).toHaveLength(3);
});
