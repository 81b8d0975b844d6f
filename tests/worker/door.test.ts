import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { event } from "../support/events.js";
import { ADMIN_KEY, KEY, useWorker, Worker } from "./support.js";

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

test("a failure before any event is kept is answered 503, which a page can read, and the log says why", async () => {
  const before = await taken();
  const detail = "the Worker failed, and nothing was kept: send the request again; the Worker's log says why";
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

test("a failure of an operator's request is answered 500, which says where to look", async () => {
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, "x-fails": "outbox" };
  const { status, json } = await given.worker.ask({ method: "GET", path: "/admin/batches?state=unknown", headers });
  expect([status, json.detail]).toEqual([500, "the Worker failed: its log says why"]);
});

/** Starts a Worker of its own, whose log lines can be read by name. */
async function started(vars: Record<string, string>) {
  const worker = await Worker.start({ entrypoint, vars });
  onTestFinished(() => worker.dispose());
  const logged = async (name: string) => {
    const { json } = await worker.ask({ method: "GET", path: "/logs" });
    return (json as unknown as Line[]).filter(({ event }) => event === name);
  };
  return { worker, logged };
}

test("without an ADMIN_KEY there is no /admin, and the log says so once", async () => {
  const { worker, logged } = await started({ ADMIN_KEY: "" });
  for (const path of ["/admin/health", "/metrics", "/admin/counts"]) {
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    expect((await worker.ask({ method: "GET", path, headers })).status).toBe(404);
  }
  expect(await logged("admin_key_missing")).toEqual([{ level: "warn", event: "admin_key_missing" }]);
});

test("the answer to a page of another origin names the setting, and the log names the first 20 origins, each once", async () => {
  const { worker, logged } = await started({ ORIGINS: "https://shop.example" });
  const origins = ["https://user:must-never-show@a.example/must-never-show", "null", "must-never-show"];
  for (let other = 0; other < 30; other += 1) origins.push(`https://${other}.example`);
  for (const origin of origins.flatMap((origin) => [origin, origin])) {
    const { status, json } = await worker.ask({ headers: { authorization: `Bearer ${KEY}`, origin }, body: "[]" });
    expect([status, json.detail]).toEqual([403, "pages of this origin may not post: it is not in the setting ORIGINS"]);
  }
  const told = ["https://a.example", "null", "no origin", ...origins.slice(3, 20)];
  expect(await logged("origin_refused")).toEqual(
    told.map((origin) => ({ level: "warn", event: "origin_refused", origin })),
  );
});
