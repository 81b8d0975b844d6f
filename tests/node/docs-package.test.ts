import { rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";
import { variants } from "../packaging/fixture.ts";
import { all, blocksFor, OF_FIXTURES, unused } from "../support/package-page.js";
import { type Block, fileOf, Pasted } from "../support/pasted.js";
import { ROOT } from "./package-app.js";

interface Run {
  /** What a block prints, in this order. The comments behind `console.log` are looked for as well. */
  prints?: string[];
  /** How many events it sends. */
  sends?: number;
  /** What is true after it. */
  afterwards?: (pasted: Pasted) => Promise<void>;
}

/** What each block that runs in Node does, by its first line. */
const RUNS: Record<string, Run> = {
  "npm install split-events": { prints: ["2 events: 2 can be sent (2 repaired)", "2 events: 2 accepted"], sends: 2 },
  "// check.mjs": { prints: ["2 events: 2 repaired, 0 refused", "line 1: timestamp: timestamp_string"] },
  "// send.mjs": { sends: 1 },
  "// client.mjs": { sends: 1 },
  "// import.mjs": {
    sends: 1,
    afterwards: async (pasted) => {
      expect(await pasted.run("node import.mjs")).toBe("1 0 0 0\n");
      rmSync(join(pasted.folder, "import-of-june"), { recursive: true });
      expect(await pasted.run("node import.mjs")).toBe("0 0 1 1\n");
    },
  },
  "npx split-events send node_modules/split-events/examples/events.csv --journal june --ledger taken --endpoint http://127.0.0.1:8787/api/events/bulk":
    { prints: ["2 events: 2 accepted", "2 events: 2 accepted", "Nothing is unknown."], sends: 2 },
  "// store.mjs": {},
  "// outbox.mjs": { sends: 1 },
  "// batches.mjs": { sends: 2 },
  "npm install --save-dev esbuild": { prints: ["1 0 0 0"], sends: 1 },
  "echo event,user_id,date,plan > export.csv": { prints: ["The mapping is in mapping.json", "1 event: 1 can be sent"] },
  "// mapping.mjs": {},
  "echo user_id,eventTypeId,trafficTypeName,timestamp,plan,internal > table.csv": {
    prints: ["1 event: 1 can be sent"],
  },
  "// table.mjs": {},
  "echo ada > keys.txt": { prints: ["Known keys: in 1 of 2 events", "key_not_known"] },
  "// keys.mjs": {},
};

const MINUTE = 60_000;

test(
  "the blocks run as pasted from an empty folder with the tarball, and the sandbox has what they send",
  async () => {
    const blocks = blocksFor("node");
    expect(blocks.map(({ name }) => name)).toEqual(Object.keys(RUNS));
    const pasted = await Pasted.begin();
    let taken = 0;
    for (const block of blocks) {
      const { prints = [], sends = 0, afterwards } = RUNS[block.name] as Run;
      const from = performance.now();
      const output = await outputOf(block, pasted);
      expect(spaced(output), block.name).toMatch(inOrder([...prints, ...comments(block)]));
      if (taken === 0) {
        const seconds = (performance.now() - from) / 1000;
        console.log(`from an empty folder to the receipt: ${seconds.toFixed(1)} s`);
        expect(seconds).toBeLessThan(60);
      }
      taken += sends;
      expect(await pasted.ledger(), block.name).toHaveLength(taken);
      await afterwards?.(pasted);
      expect(await pasted.ledger(), block.name).toHaveLength(taken);
    }
  },
  3 * MINUTE,
);

test("the blocks compile with strict settings", async () => {
  const pasted = await Pasted.begin();
  await pasted.run("npm install split-events");
  const files = all.flatMap((block) => {
    if (!/^(js|ts)$/.test(block.language) || block.heading === OF_FIXTURES) return [];
    const file = pasted.save(block);
    writeFileSync(join(pasted.folder, `${file}.mts`), `${block.text}export {};\n`);
    return [`${file}.mts`];
  });
  expect(files.length).toBeGreaterThan(10);
  const tsc = join(createRequire(import.meta.url).resolve("typescript/package.json"), "../bin/tsc");
  const types = ["--types", "node", "--typeRoots", join(ROOT, "node_modules/@types")];
  const options = ["--ignoreConfig", "--noEmit", "--strict", "--exactOptionalPropertyTypes", ...types];
  const target = ["--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom,dom.iterable,dom.asynciterable"];
  expect(
    await pasted.run(`'${process.execPath}' '${tsc}' ${[...options, ...target, ...files].join(" ")} || true`),
  ).toBe("");
});

test("each block has a test that runs it, and at most ten lines", () => {
  expect(unused()).toEqual([]);
  for (const block of all.filter(({ heading }) => heading !== OF_FIXTURES)) {
    const lines = block.text.split("\n").filter((line) => line.trim() !== "" && line !== block.name);
    expect(lines.length, block.name).toBeLessThanOrEqual(10);
  }
});

test(`each block of "${OF_FIXTURES}" has a setting that a fixture of tests/packaging uses`, () => {
  const settings = variants().flatMap(({ runs }) => runs.flatMap(({ settings = [] }) => settings));
  for (const { heading, name, text } of all.filter(({ heading }) => heading === OF_FIXTURES)) {
    expect(
      settings.some((line) => text.includes(line)),
      `${heading}: ${name}`,
    ).toBe(true);
  }
});

/** Runs a block as a reader does in a terminal that still has what the first block exports. */
function outputOf(block: Block, pasted: Pasted): Promise<string> {
  const env: Record<string, string> = block.name.startsWith("npm install split-events")
    ? {}
    : { SPLIT_API_KEY: "demo" };
  return pasted.run(fileOf(block) === undefined ? block.text : `node ${pasted.save(block)}`, env);
}

/** Returns what a block says that it prints. `...` stands for any text. */
function comments({ text }: Block): string[] {
  return Array.from(text.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm), ([, comment]) => comment as string);
}

function inOrder(texts: string[]): RegExp {
  const pieces = texts.flatMap((text) => text.split("...")).map(spaced);
  return new RegExp(pieces.map((piece) => piece.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&")).join(".*"), "s");
}

function spaced(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
