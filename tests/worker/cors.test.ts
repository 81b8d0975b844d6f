import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { useChromium } from "../browser/chromium.js";
import { event } from "../support/events.js";
import { KEY, useWorker, Worker } from "./support.js";

const given = useWorker({ vars: { SHARDS: 1, ORIGINS: "https://Shop.Example/ https://*.shop.example null" } });
const { browser } = useChromium();

const asked = (worker: Worker, method: string, origin: string, more: Record<string, string> = {}, path?: string) =>
  worker.ask({
    method,
    headers: { authorization: `Bearer ${KEY}`, origin, ...more },
    ...(path !== undefined && { path }),
    ...(method === "POST" && { body: "[]" }),
  });
const names = (headers: Headers) =>
  ["allow-origin", "allow-credentials", "allow-headers", "allow-methods", "expose-headers"].map((name) =>
    headers.get(`access-control-${name}`),
  );
const ASKS = { "access-control-request-method": "POST", "access-control-request-headers": "authorization,traceparent" };

test("the preflight of a named origin allows the headers that were asked for, with credentials", async () => {
  for (const origin of ["https://shop.example", "https://www.shop.example", "null"]) {
    const { status, headers } = await asked(given.worker, "OPTIONS", origin, ASKS);
    expect(status).toBe(204);
    expect(names(headers)).toEqual([origin, "true", "authorization,traceparent", "POST", "Retry-After"]);
    expect(headers.get("vary")).toBe("Origin, Access-Control-Request-Headers");
    expect(headers.get("access-control-max-age")).toBe("43200");
    const answer = await asked(given.worker, "POST", origin);
    expect([answer.status, ...names(answer.headers).slice(0, 2)]).toEqual([202, origin, "true"]);
  }
  const other = await asked(given.worker, "OPTIONS", "https://evil.example", ASKS);
  expect([other.status, ...names(other.headers)]).toEqual([403, null, null, null, null, "Retry-After"]);
});

test("if every page may post, none may send credentials", async () => {
  const worker = await Worker.start({ vars: { ORIGINS: "*" } });
  onTestFinished(() => worker.dispose());
  const { status, headers } = await asked(worker, "OPTIONS", "https://any.example", ASKS);
  expect(status).toBe(204);
  expect(names(headers)).toEqual(["*", null, "authorization,traceparent", "POST", "Retry-After"]);
  expect(headers.get("vary")).toBe("Access-Control-Request-Headers");
  const answer = await asked(worker, "POST", "https://any.example");
  expect([answer.status, ...names(answer.headers).slice(0, 2)]).toEqual([202, "*", null]);
});

test("in Chromium a beacon of JSON arrives, and a request with traceparent, whose answer can be read", async () => {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html").end("<!doctype html><title>a shop</title>");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  const page = `http://localhost:${(server.address() as AddressInfo).port}`;
  const worker = await Worker.start({
    upstream: `${given.sandbox.url}/api/events/bulk`,
    vars: { SHARDS: 1, ORIGINS: `${page.toUpperCase()}/`, BODY_SECONDS: 5 },
  });
  onTestFinished(() => worker.dispose());
  const context = await browser().newContext();
  onTestFinished(() => context.close());
  const tab = await context.newPage();
  await tab.goto(page);
  const [isSent, answer, denied] = await tab.evaluate(
    async ([url, key, beaconed, fetched]) => {
      const body = JSON.stringify({ entries: [beaconed], token: key });
      const isSent = navigator.sendBeacon(`${url}/api/events/beacon`, new Blob([body], { type: "application/json" }));
      const headers = {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        tracestate: "rojo=1",
      };
      const response = await fetch(`${url}/api/events/bulk`, {
        method: "POST",
        headers,
        body: JSON.stringify([fetched]),
      });
      const wrong = { ...headers, authorization: "Bearer wrong" };
      const denied = await fetch(`${url}/api/events/bulk`, { method: "POST", headers: wrong, body: "[]" });
      return [isSent, { status: response.status, ...(await response.json()) }, await denied.json()];
    },
    [worker.url.origin, KEY, event(0, { key: "beaconed" }), event(1, { key: "fetched" })] as const,
  );
  expect(isSent).toBe(true);
  expect(answer).toMatchObject({ status: 202, events: 1, clean: 1 });
  expect(denied).toMatchObject({ status: 401 });
  await worker.admin.settled(2);
  expect(
    given.sandbox
      .ledger()
      .map(({ event }) => (event as { key: string }).key)
      .sort(),
  ).toEqual(["beaconed", "fetched"]);
});

test("paths of an SDK's other URLs are answered 404 for every method, with what to set, and a page can read it", async () => {
  const paths = [
    "splitChanges?s=1.3&since=-1",
    "memberships/a%2Fb",
    "mySegments/key",
    "segmentChanges/name?since=-1",
    "v2/auth?s=1.3",
    "auth",
    "v1/metrics/config",
    "v1/metrics/usage",
    "metrics/config",
    "metrics/usage",
    "v1/keys/cs",
    "v1/keys/ss",
    "keys/cs",
    "sse?channels=x",
    "event-stream",
  ];
  for (const path of paths.flatMap((path) => [`/api/${path}`, `/${path}`])) {
    for (const method of ["GET", "POST", "PUT", "OPTIONS"]) {
      const { status, headers, json } = await asked(given.worker, method, "https://shop.example", {}, path);
      expect([path, method, status, headers.get("content-type")]).toEqual([
        path,
        method,
        404,
        "application/problem+json",
      ]);
      expect(json.detail).toContain('urls: { events: "https://WORKER/api" }');
      expect(headers.get("access-control-allow-origin")).toBe("https://shop.example");
    }
    const preflight = await asked(given.worker, "OPTIONS", "https://shop.example", ASKS, path);
    expect([preflight.status, ...names(preflight.headers).slice(0, 4)]).toEqual([
      204,
      "https://shop.example",
      "true",
      "authorization,traceparent",
      "GET, POST",
    ]);
  }
  for (const path of ["/api/splitChangesX", "/api/v2", "/api/keys", "/metrics/x", "/api/v1/metrics/x", "/keys/x"]) {
    const { status, json } = await asked(given.worker, "GET", "https://shop.example", {}, path);
    expect([status, json.detail]).toEqual([404, expect.stringContaining("the Worker has /api/events/bulk")]);
  }
});
