import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { type Said, Service } from "./service.js";
import { Worker } from "./support.js";

const entrypoint = fileURLToPath(new URL("entries/look.ts", import.meta.url));
const path = "/api/testImpressions/bulk";
const seconds = { "retry-after": "120" };
const date = { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" };
const OWN_KEY = "the service refused the service key of this Worker";

interface Row {
  service: Said;
  status: number;
  retryAfter?: string;
  detail?: string;
}

const rows: Row[] = [
  { service: { status: 429, headers: seconds }, status: 429, retryAfter: "120" },
  { service: { status: 503, headers: date }, status: 503, retryAfter: date["retry-after"] },
  { service: { status: 503 }, status: 503 },
  { service: { status: 500, headers: seconds }, status: 500 },
  { service: { status: 413 }, status: 413 },
  { service: { status: 302, headers: { location: "https://elsewhere.example" } }, status: 502 },
  { service: { status: 401 }, status: 502, detail: OWN_KEY },
  { service: { status: 403 }, status: 502, detail: OWN_KEY },
];

test("the service's answers to impressions are passed on with their Retry-After, except those about the service key", async () => {
  let said: Said = { status: 200 };
  const service = await Service.start(() => said);
  const worker = await Worker.start({ upstream: service.upstream, entrypoint });
  onTestFinished(() => worker.dispose());
  for (said of [{ status: 200 }, { status: 202 }]) {
    expect((await worker.ask({ path, body: "[]" })).status).toBe(said.status);
  }
  for (const { service, status, retryAfter = null, detail = `the service answered ${service.status}` } of rows) {
    said = service;
    const answer = await worker.ask({ path, body: "[]" });
    expect([service.status, answer.status, answer.json.detail]).toEqual([service.status, status, detail]);
    expect(answer.headers.get("retry-after")).toBe(retryAfter);
    expect(answer.headers.get("www-authenticate")).toBe(null);
  }
  const count = "/api/testImpressions/count";
  said = { status: 400 };
  expect((await worker.ask({ path: count, body: "[]" })).status).toBe(400);

  const lines = await worker.admin.json<{ level: string; event: string }[]>("GET", "/logs");
  const refused = (status: number, path: string) => ({
    level: "warn",
    event: "service_refused",
    status,
    path,
    client: "web",
  });
  expect(lines.filter(({ event }) => event.includes("refused"))).toEqual([
    ...rows.map(({ service }) => refused(service.status, path)),
    refused(400, count),
  ]);
});
