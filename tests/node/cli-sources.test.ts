import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Receipt, Report } from "split-events";
import { describe, expect, test } from "vitest";
import { API_KEY, runCli, runJson } from "../support/cli.js";
import type { Event } from "../support/events.js";
import { startSandbox } from "../support/sandbox.js";

interface Expected {
  file: string;
  preset: string | null;
  /** It has no signs of the preset. */
  recognised?: false;
  flags: string[];
  /** SDKs add properties of their own, which are not compared. */
  partial?: boolean;
  records: number;
  skipped: number;
  events: Event[];
  refused: { line: number; path?: string; from?: string }[];
}

const folder = new URL("../fixtures/sources/", import.meta.url);
const exports = readdirSync(folder)
  .filter((name) => name.endsWith(".expected.json"))
  .map((name): Expected => JSON.parse(readFileSync(new URL(name, folder), "utf8")));

/** Returns an event without members that are null or empty. */
function comparable(event: Event): object {
  const properties = Object.entries(event.properties ?? {}).filter(([, value]) => value !== null);
  const { properties: _, ...fields } = event;
  return properties.length > 0 ? { ...fields, properties: Object.fromEntries(properties) } : fields;
}

describe.each(exports)("$file", ({ file, preset, recognised, flags, records, skipped, events, refused }) => {
  const path = fileURLToPath(new URL(file, folder));

  test("check recognises it, and names each wrong record by line and column", async () => {
    const { json } = await runJson<Report>(["check", ...flags, path]);
    const counts = { events: events.length + refused.length, refused: refused.length };
    expect(json).toMatchObject(
      preset === null || recognised === false ? counts : { ...counts, preset, records, skipped },
    );
    for (const wrong of refused) expect(json.issues).toContainEqual(expect.objectContaining(wrong));
  });

  test("every other record arrives", async () => {
    const sandbox = await startSandbox();
    const chosen = preset === null ? [] : ["--preset", preset];
    const args = ["send", "--endpoint", sandbox.endpoint, ...chosen, ...flags, path];
    const { json } = await runJson<Receipt>(args, { env: { SPLIT_API_KEY: API_KEY } });
    expect(json).toMatchObject({ accepted: events.length, refused: refused.length, complete: true });
    const arrived = sandbox.ledger().map(({ event }) => comparable(event as Event));
    expect(arrived).toEqual(events.map(comparable));
  });
});

test("send asks for the preset that it recognises, and sends nothing", async () => {
  const sandbox = await startSandbox();
  const path = fileURLToPath(new URL("segment.ndjson", folder));
  const { code, stdout, stderr } = await runCli(["send", "--endpoint", sandbox.endpoint, path]);
  expect([code, stdout, sandbox.ledger()]).toEqual([2, "", []]);
  expect(stderr).toContain("--preset segment");
});
