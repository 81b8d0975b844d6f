import { request } from "node:https";
import { describe, expect, test } from "vitest";
import { startSandbox } from "../support/sandbox.js";
import { tls } from "../support/tls.js";
import { EVENT, eventually, post, requestText, setFaults, Wire } from "./support.js";

describe("CORS", () => {
  test("a preflight allows the headers of the official SDKs from any origin", async () => {
    const sandbox = await startSandbox();
    const response = await fetch(`${sandbox.url}/api/events/bulk`, {
      method: "OPTIONS",
      headers: {
        origin: "http://page.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,splitsdkversion",
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-allow-methods")?.split(",")).toContain("POST");
    expect(response.headers.get("access-control-allow-headers")?.toLowerCase().split(",")).toEqual(
      expect.arrayContaining([
        "authorization",
        "content-type",
        "splitsdkversion",
        "splitsdkmachineip",
        "splitsdkmachinename",
        "splitsdkimpressionsmode",
      ]),
    );
    expect(sandbox.posts()).toEqual([]);
  });

  test("a header that the SDKs do not send is not allowed, as at the service", async () => {
    const sandbox = await startSandbox();
    const response = await fetch(`${sandbox.url}/api/events/bulk`, { method: "OPTIONS" });
    expect(response.headers.get("access-control-allow-headers")?.toLowerCase()).not.toMatch(/idempotency-key|\*/);
  });

  test("every answer allows every origin, the bad ones too", async () => {
    const sandbox = await startSandbox({ maxBodyBytes: 100 });
    sandbox.setFaults([{ post: 5, do: "status", status: 503, when: "headers" }]);
    const answers = [
      await post(sandbox, [EVENT], { headers: {} }),
      await post(sandbox, "{}"),
      await post(sandbox, ["x".repeat(200)]),
      await post(sandbox, []),
      await post(sandbox, []),
      await fetch(`${sandbox.url}/nothing`),
      await fetch(`${sandbox.url}/api/events`),
      await fetch(`${sandbox.url}/_ledger`),
      await setFaults(sandbox, "{}"),
    ];
    expect(answers.map((answer) => answer.status)).toEqual([401, 400, 413, 202, 503, 404, 405, 200, 400]);
    expect(answers.map((answer) => answer.headers.get("access-control-allow-origin"))).toEqual(answers.map(() => "*"));
    expect(answers.every((answer) => answer.headers.get("access-control-expose-headers") === null)).toBe(true);
  });
});

test("pages can read the headers of exposeHeaders", async () => {
  const sandbox = await startSandbox({ exposeHeaders: ["retry-after", "date"] });
  const response = await post(sandbox, [EVENT]);
  expect(response.headers.get("access-control-expose-headers")).toBe("retry-after,date");
});

describe("connections", () => {
  test("with keepAlive: false an answer ends its connection", async () => {
    const sandbox = await startSandbox({ keepAlive: false });
    const wire = await Wire.open(sandbox);
    wire.socket.write(requestText("[1]"));
    expect(await wire.ended).toBe("end");
    expect(wire.received).toMatch(/^HTTP\/1\.1 202 .*\r\nconnection: close\r\n/is);
  });

  test("without it a connection is used again", async () => {
    const sandbox = await startSandbox();
    const wire = await Wire.open(sandbox);
    wire.socket.write(requestText("[1]"));
    await wire.has("HTTP/1.1 202");
    wire.socket.write(requestText("[2]"));
    await wire.has("\r\n\r\nHTTP/1.1 202");
    expect(sandbox.ledger()).toHaveLength(2);
  });
});

describe("paths", () => {
  test("an unknown path is 404 and lists the paths", async () => {
    const sandbox = await startSandbox();
    const response = await fetch(`${sandbox.url}/api/event`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("POST /api/events/bulk");
  });

  test("a wrong method is 405 and names the right one", async () => {
    const sandbox = await startSandbox();
    const response = await fetch(`${sandbox.url}/_state`);
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("DELETE");
  });

  test("the requests of the official SDKs before they track are answered", async () => {
    const sandbox = await startSandbox();
    const flags = await fetch(`${sandbox.url}/api/splitChanges?s=1.3&since=-1&rbSince=-1`);
    expect(await flags.json()).toEqual({ ff: { d: [], s: 1, t: 1 }, rbs: { d: [], s: 1, t: 1 } });
    const memberships = await fetch(`${sandbox.url}/api/memberships/Ava%2F1?till=1`);
    expect(await memberships.json()).toEqual({ ms: { k: [] }, ls: { k: [] } });
  });

  test("impressions and telemetry are thrown away and count as no POST of events", async () => {
    const sandbox = await startSandbox();
    const paths = ["/api/testImpressions/bulk", "/api/testImpressions/count", "/api/v1/metrics/usage"];
    for (const path of paths) expect((await post(sandbox, [EVENT], { path })).status).toBe(200);
    expect(sandbox.posts()).toEqual([]);
  });
});

test("with a key and a certificate it serves https", async () => {
  const sandbox = await startSandbox({ tls });
  expect(sandbox.url).toBe(`https://127.0.0.1:${sandbox.port}`);
  const status = await new Promise((resolve, reject) => {
    const headers = { authorization: "Bearer key" };
    const sent = request(`${sandbox.url}/api/events/bulk`, { method: "POST", ca: tls.cert, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on("error", reject).end("[1]");
  });
  expect(status).toBe(202);
  expect(sandbox.ledger()).toMatchObject([{ raw: "1" }]);
});

test("close ends at once, with connections that are idle, hang or send a body", async () => {
  const sandbox = await startSandbox();
  sandbox.setFaults([{ post: 1, do: "hang" }]);
  const hanging = await Wire.open(sandbox);
  hanging.socket.write(requestText("[1]"));
  await eventually(() => expect(sandbox.posts()).toHaveLength(1));
  const halfway = await Wire.open(sandbox);
  halfway.socket.write(requestText("[1", { "content-length": "9" }));
  await eventually(() => expect(sandbox.posts()).toHaveLength(2));
  const idle = await Wire.open(sandbox);
  await sandbox.close();
  await Promise.all([hanging.ended, halfway.ended, idle.ended]);
  await expect(fetch(sandbox.url)).rejects.toThrow();
});
