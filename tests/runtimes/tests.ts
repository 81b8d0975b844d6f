import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Receipt, Report } from "split-events";
import { createSandbox } from "split-events-sandbox";
import { describe, expect, test } from "vitest";
import { bundle } from "../faults/places/bundle.ts";
import { startProcess } from "../faults/places/process.ts";
import { certain, certainOfNames, matrix, usePlace } from "../faults/suite.ts";
import { type Event, event, events, ndjson } from "../support/events.ts";
import { programs } from "./programs.ts";

interface Smoke {
  report: Report;
  matches: object[];
  states: string[];
  receipt: Receipt;
  objects: Receipt;
  /** The cases of inputs that failed. */
  inputs: string[];
  codes: number;
  error: string;
}

/** All that is shown of one runtime. */
export function tests(name: keyof typeof programs): void {
  const { program, args } = programs[name];
  const start = (trusting: boolean) => startProcess({ name, program, args, trusting });

  test("the package checks, batches and sends", () => smoke(program, args));
  describe("what a failed request proves", () => {
    certain(usePlace(() => start(false)));
    certainOfNames(usePlace(() => start(true)));
  });
  describe("the fault matrix", () => matrix(usePlace(() => start(false))));
}

async function smoke(program: string, args: readonly string[]): Promise<void> {
  const sandbox = await createSandbox();
  try {
    const text = ndjson([...events(5), event(5, { key: "" }), event(6, { value: "7" })]);
    const run = [...args, await bundle("smoke"), `${sandbox.url}/api/events/bulk`, text];
    const { stdout } = await promisify(execFile)(program, run);
    const { report, matches, states, receipt, objects, inputs, codes, error } = JSON.parse(stdout) as Smoke;
    expect(report).toMatchObject({ events: 7, clean: 5, repaired: 1, refused: 1 });
    expect(matches).toEqual([{ trafficType: "user", events: 6, known: 1, share: 1 / 6 }]);
    expect(states).toEqual(["accepted", "accepted", "accepted"]);
    expect(receipt).toMatchObject({ events: 7, accepted: 6, refused: 1, unknown: 0, unsent: 0, complete: true });
    expect(objects).toMatchObject({ events: 8, accepted: 6, refused: 2 });
    expect(inputs).toEqual([]);
    expect(codes).toBeGreaterThan(30);
    expect(error).toMatch(/^ConfigError: apiKey is missing/);
    const values = sandbox.ledger().map(({ event }) => (event as Event).value);
    expect(values.sort()).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 7, 7, 7]);
  } finally {
    await sandbox.close();
  }
}
