import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { environment, finish } from "./child.mjs";
import { root } from "./root.mjs";
import { Failure } from "./say.mjs";

/** The two events of the service's documentation, with their timestamps as strings and in seconds. */
export const example = "tests/data/sending-event-data.json";

/** Starts the stand-in for events.split.io. */
export async function startSandbox() {
  const { createSandbox } = await import("split-events-sandbox");
  return createSandbox({ port: 0 });
}

/** @param {string} url the sandbox's */
export const bulk = (url) => `${url}/api/events/bulk`;

/**
 * Sends the example through the CLI, as a user would.
 *
 * @param {string} url the sandbox's
 * @returns {Promise<import("split-events").Receipt>}
 */
export async function sendExample(url) {
  const args = ["pkg/bin/split-events.js", "send", example, "--endpoint", bulk(url), "--json"];
  const env = { ...environment(), SPLIT_API_KEY: "demo-key", NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" };
  const { code, stdout, output } = await finish(process.execPath, args, { env });
  if (code !== 0) throw new Failure(`split-events send ended with exit code ${code} (above), expected was 0`, output);
  return JSON.parse(stdout);
}

/**
 * Fails unless the ledger has exactly the example's events, with their timestamps as numbers and in milliseconds.
 *
 * @param {string} url the sandbox's
 */
export async function checkLedger(url) {
  const response = await fetch(`${url}/_ledger`);
  const text = await response.text();
  const taken = text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line).event);
  /** @type {{ timestamp: string }[]} */
  const events = JSON.parse(readFileSync(join(root, example), "utf8"));
  const expected = events.map((event) => ({ ...event, timestamp: Number(event.timestamp) * 1000 }));
  if (!isDeepStrictEqual(taken, expected)) {
    throw new Failure(
      `the events in the ledger (above) are not the ${expected.length} of ${example}`,
      text || "(no events)",
    );
  }
  return `exactly these ${taken.length} events, timestamps ${taken.map(({ timestamp }) => timestamp).join(" and ")}`;
}
