import { expect, test } from "vitest";
import { readPage } from "../support/docs.js";
import { blocksOf, fileOf, Pasted } from "../support/pasted.js";

/** What each block of README.md prints, by its first line, and how many events it sends. */
const RUNS: Record<string, { prints: string[]; sends: number }> = {
  "npx split-events check tests/data/sending-event-data.json    # sends nothing": {
    prints: ["2 events: 2 can be sent", "2 events: ", "2 events: 2 accepted"],
    sends: 2,
  },
  "// send.mjs": { prints: ["0 of 1 would be lost []\n1 0 0 0\n"], sends: 1 },
  "export ENDPOINT=http://127.0.0.1:8787/api/events/bulk": {
    prints: ["2 events: 2 accepted", "2 events: 2 accepted", "Nothing is unknown.", "Nothing is unknown."],
    sends: 2,
  },
};

test("the blocks of README.md run as pasted, and the sandbox has what they send", async () => {
  const [start, ...blocks] = blocksOf(readPage("README.md"));
  expect(start?.text).toMatch(/^npm start .*\nnpm test .*\n$/); // `npm test` runs `npm start -- --once`
  expect(blocks.map(({ name }) => name)).toEqual(Object.keys(RUNS));
  const pasted = await Pasted.begin("repository");
  let taken = 0;
  for (const block of blocks) {
    const { prints, sends } = RUNS[block.name] as { prints: string[]; sends: number };
    const command = fileOf(block) === undefined ? block.text : `node ${pasted.save(block)}`;
    const output = await pasted.run(command, { SPLIT_API_KEY: "demo" });
    let from = 0;
    for (const text of prints) {
      expect(output.slice(from), block.name).toContain(text);
      from = output.indexOf(text, from) + text.length;
    }
    taken += sends;
    expect(await pasted.ledger(), block.name).toHaveLength(taken);
  }
}, 120_000);

test("the blocks of docs/SANDBOX.md run as pasted", async () => {
  const [start, inTest, faults, ...others] = blocksOf(readPage("docs/SANDBOX.md"));
  if (!start || !inTest || !faults) throw new Error("docs/SANDBOX.md has fewer blocks");
  expect(others).toEqual([]);
  const pasted = await Pasted.begin("repository");
  await pasted.serve(start.text, "the sandbox is at");
  expect(await pasted.run(`node ${pasted.save(inTest)}`)).toBe("1 1\nreset\n");
  await pasted.run(faults.text);
  expect(await (await fetch(`${pasted.url(8787)}/_faults`)).json()).toHaveLength(2);
});

test("every link between these documents leads to a file and a heading that exist", () => {
  const anchors = (text: string) =>
    Array.from(text.matchAll(/^#+ (.*)$/gm), ([, title]) =>
      (title as string)
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    );
  for (const from of [
    "README.md",
    "docs/PACKAGE.md",
    "docs/SANDBOX.md",
    "worker/README.md",
    "docs/DELIVERY.md",
    "docs/WORKER.md",
    "CONTRIBUTING.md",
  ]) {
    const links = readPage(from).matchAll(/\]\(([^)#:]*)(?:#([^)]*))?\)/g);
    for (const [link, path, anchor] of links) {
      const folder = from.split("/").slice(0, -1).join("/");
      const to = path ? new URL(path, `file:///${folder ? `${folder}/` : ""}`).pathname.slice(1) : from;
      if (!/\.md$/.test(to)) continue;
      const text = readPage(to);
      if (anchor) expect(anchors(text), `${from}: ${link}`).toContain(anchor);
    }
  }
});
