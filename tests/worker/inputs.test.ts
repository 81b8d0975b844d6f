import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inputCases } from "../support/input-contract.js";
import { OFFLINE } from "./support.js";

Object.assign(process.env, OFFLINE);
const { unstable_startWorker } = await import("wrangler");

const CONFIG = fileURLToPath(new URL("inputs/wrangler.jsonc", import.meta.url));

/** Before 2023-08-01 workerd's own DecompressionStream reads some gzip short, and takes a cut file for whole. */
describe.each(["2026-08-01", "2023-07-01"])("with the compatibility date %s", (compatibilityDate) => {
  let started: Awaited<ReturnType<typeof unstable_startWorker>>;
  beforeAll(async () => {
    const dev = { server: { hostname: "127.0.0.1", port: 0 }, inspector: false, watch: false, persist: false } as const;
    started = await unstable_startWorker({ config: CONFIG, compatibilityDate, dev: { ...dev, logLevel: "none" } });
  });
  afterAll(() => started?.dispose());

  test.each(inputCases)("$name", async ({ name }) => {
    const answer = await fetch(new URL(`/?case=${encodeURIComponent(name)}`, await started.url));
    expect(await answer.text()).toBe("well");
  });
});
