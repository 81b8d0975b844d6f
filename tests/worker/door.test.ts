import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { event } from "../support/events.js";
import { ADMIN_KEY, KEY, useWorker } from "./support.js";

const entrypoint = fileURLToPath(new URL("entries/look.ts", import.meta.url));
const given = useWorker({ entrypoint, vars: { SHARDS: 1 } });

type Line = { level: string; event: string } & Record<string, unknown>;
const logged = async (name: string) =>
  (await given.worker.admin.json<Line[]>("GET", "/logs")).filter(({ event }) => event === name);
const taken = () => given.worker.admin.counts().then(({ taken }) => taken);

test("a limit that cannot be asked lets a request pass, and the log says so", async () => {
  const before = await taken();
  const { status } = await given.worker.post([event(0)], { "x-fails": "limit" });
  expect(status).toBe(202);
  await given.worker.admin.settled(before + 1);
  const error = "Error: limit failed, as the test says";
  expect(await logged("limit_failed")).toEqual([{ level: "warn", event: "limit_failed", client: "web", error }]);
});

test("what fails before anything is kept is answered 503, by a page readable, and the log says why", async () => {
  const before = await taken();
  const detail = "the Worker failed before it kept anything: send all of it again; its log says why";
  for (const path of ["/api/events/bulk", "/api/events/beacon", "/api/testImpressions/bulk"]) {
    const headers = { authorization: `Bearer ${KEY}`, origin: "https://shop.example", "x-fails": "body" };
    const answer = await given.worker.ask({ path, headers, body: JSON.stringify([event(0)]) });
    expect([path, answer.status, answer.json.detail]).toEqual([path, 503, detail]);
    expect(answer.headers.get("retry-after")).toBe("5");
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    const error = "Error: body failed, as the test says";
    expect((await logged("failed")).at(-1)).toEqual({ level: "error", event: "failed", method: "POST", path, error });
  }
  expect(await taken()).toBe(before);
});

test("what fails for the operator is answered 500, and says where to look", async () => {
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, "x-fails": "outbox" };
  const { status, json } = await given.worker.ask({ method: "GET", path: "/admin/batches?state=unknown", headers });
  expect([status, json.detail]).toEqual([500, "the Worker failed: its log says why"]);
});
