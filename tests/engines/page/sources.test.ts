import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Event } from "../../support/events.js";
import { startSandbox } from "../../support/sandbox.js";
import { KEY, useVisits, type Visit } from "./visit.js";

const open = useVisits();

interface Expected {
  file: string;
  preset: string | null;
  /** It has no signs of the preset. */
  recognised?: false;
  flags: string[];
  events: Event[];
  refused: { line: number }[];
}

const folder = new URL("../../fixtures/sources/", import.meta.url);
const exports = readdirSync(folder)
  .filter((name) => name.endsWith(".expected.json"))
  .map((name): Expected => JSON.parse(readFileSync(new URL(name, folder), "utf8")));

/** The fields of the step Columns by the flags of the command. */
const FIELDS: Record<string, string> = {
  "--timestamp-zone": "#time-zone",
  "--timestamp-format": "#time-format",
  "--decimal": "#decimal",
  "--encoding": "#encoding",
};

/** Says in the step Columns what a flag of the command says. Returns how many clicks it takes. */
async function say({ page }: Visit, flag: string, value: string): Promise<number> {
  const [name = "", content = ""] = value.split("=");
  if (flag === "--set") {
    await page.locator(`#from-${name}`).selectOption("same");
    await page.locator(`#same-${name}`).waitFor();
    // the field took the focus
    await page.type(content);
    return 1;
  }
  if (flag === "--map") await page.locator(`#from-${content}`).selectOption(`part ${name}`);
  else if (flag === "--timestamp-zone") await page.locator(FIELDS[flag] ?? "").fill(value);
  else await page.locator(FIELDS[flag] ?? "").selectOption(value);
  return 1;
}

/** Returns an event without members that are null or empty. */
function comparable(event: Event): object {
  const properties = Object.entries(event.properties ?? {}).filter(([, value]) => value !== null);
  const { properties: _, ...fields } = event;
  return properties.length > 0 ? { ...fields, properties: Object.fromEntries(properties) } : fields;
}

describe.each(exports)("$file", ({ file, preset, recognised, flags, events, refused }) => {
  test("every record that is right arrives, without leaving the page", async () => {
    const sandbox = await startSandbox();
    const visit = await open(sandbox);
    await visit.choosePaths(fileURLToPath(new URL(file, folder)));
    let clicks = 1;
    const list = visit.page.getByRole("list", { name: "Files" });
    await list.waitFor();
    if ((flags.length > 0 || recognised === false) && (await visit.page.locator(".columns").count()) === 0) {
      await visit.press("Change columns");
      await visit.heading("What is what in your file?");
      clicks += 1;
    }
    if (flags.includes("--encoding") || recognised === false) {
      await visit.page.getByText("How the file is read", { exact: true }).click();
      clicks += 1;
    }
    if (recognised === false) {
      await visit.page.locator("#preset").selectOption(preset ?? "none");
      await visit.main.getByText(/^This is an export of/).waitFor();
      clicks += 1;
    }
    for (let at = 0; at < flags.length; at += 2) clicks += await say(visit, flags[at] ?? "", flags[at + 1] ?? "");
    if (recognised === false) {
      // the look shows no members of records that lie within others
      await visit.press("Check as it is");
      clicks += 1;
    } else if ((await visit.page.locator(".columns").count()) > 0) {
      await visit.page.getByText("Everything that an event needs has a source.").waitFor();
      await visit.press("Check the file");
      clicks += 1;
    }
    await visit.press(/^Continue with/);
    await visit.page.getByLabel("SDK key").fill(KEY);
    await visit.press(/^Send /);
    clicks += 3;
    await visit.receipt();
    expect(await visit.states()).toEqual({ accepted: events.length, refused: refused.length, unknown: 0, unsent: 0 });
    const arrived = sandbox.ledger().map(({ event }) => comparable(event as Event));
    expect(arrived).toEqual(events.map(comparable));
    if (preset !== null) expect(clicks).toBeLessThanOrEqual(8);
    expect(await visit.faults()).toEqual([]);
  });
});
