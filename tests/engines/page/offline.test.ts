import { readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { startSandbox } from "../../support/sandbox.js";
import { stopServing } from "./site.js";
import { useVisits, type Visit } from "./visit.js";

const open = useVisits();

/** The most that the first screen may load, compressed with brotli, in bytes. */
const FIRST_LOAD = 40_000;

const built = new URL("../../../www/dist/", import.meta.url);

/** Waits until the page has kept its files. */
async function isKept({ page }: Visit): Promise<void> {
  await expect
    .poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state), {
      timeout: 20_000,
    })
    .toBe("activated");
}

test("the first screen loads what it shows, and neither the module nor what reads files", async () => {
  const visit = await open();
  await visit.main.getByText("Drop your events here").waitFor();
  await expect.poll(async () => (await visit.requests()).join()).toContain("history");
  const paths = new Set((await visit.requests()).map((address) => new URL(address).pathname.slice(1)));
  paths.delete("before.js");
  expect([...paths].join()).not.toMatch(/wasm|api|core|sw\.js/);
  const sizes = ["index.html", ...paths].map((path) => brotliCompressSync(readFileSync(new URL(path, built))).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(FIRST_LOAD);
});

test("the page opens, checks and is ready to send without its server", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  await isKept(visit);
  await stopServing(visit.origin);
  await visit.reload();
  const policies = await visit.page.evaluate(async () => {
    const [script] = document.querySelectorAll<HTMLScriptElement>("script[type=module]");
    const kept = await fetch(script?.src ?? "");
    const stated = document.querySelector("meta[http-equiv=Content-Security-Policy]")?.getAttribute("content");
    return [kept.headers.get("Content-Security-Policy"), stated];
  });
  expect(policies[0]).toBe(policies[1]);
  await visit.chooseExample();
  await visit.send();
  await visit.heading("Both events were accepted.");
  expect(sandbox.ledger()).toHaveLength(2);
  expect(await visit.faults()).toEqual([]);
});

test("the page works in a folder of its server, and keeps its files there alone", async () => {
  const sandbox = await startSandbox();
  const visit = await open({ ...sandbox, folder: "/tools/split-events/" });
  await visit.chooseExample();
  await visit.send();
  await visit.receipt();
  expect(sandbox.ledger()).toHaveLength(2);
  await isKept(visit);
  const scope = await visit.page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.scope);
  expect(scope).toBe(`${visit.origin}/tools/split-events/`);
  await stopServing(visit.origin);
  await visit.page.reload();
  await visit.heading("Both events were accepted.");
});

test("every file of the built page is kept", () => {
  const script = readFileSync(new URL("sw.js", built), "utf8");
  const files = readdirSync(built, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const missing = files.map(({ name }) => name).filter((name) => !/^(index\.html|sw\.js)$/.test(name));
  expect(missing.filter((name) => !script.includes(name))).toEqual([]);
});
