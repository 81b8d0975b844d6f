import type { Receipt } from "split-events";
import { expect, test } from "vitest";
import { runCli, runJson } from "../support/cli.js";
import { startProxy } from "../support/proxy.js";
import { startSandbox } from "../support/sandbox.js";
import { certificatePath, tls } from "../support/tls.js";

const EXAMPLE = "tests/data/sending-event-data.json";
const TRUST = { NODE_EXTRA_CA_CERTS: certificatePath };

for (const name of ["HTTPS_PROXY", "https_proxy"]) {
  test(`${name}: https goes through a tunnel of the proxy`, async () => {
    const [sandbox, proxy] = [await startSandbox({ tls }), await startProxy()];
    const env = { ...TRUST, [name]: proxy.url };
    const { code, json } = await runJson<Receipt>(["send", EXAMPLE, "--endpoint", sandbox.endpoint], { env });
    expect(code).toBe(0);
    expect(json.accepted).toBe(2);
    expect(proxy.asked).toEqual([`CONNECT 127.0.0.1:${sandbox.port}`]);
    expect(sandbox.ledger()).toHaveLength(2);
  });
}

for (const name of ["HTTP_PROXY", "http_proxy"]) {
  test(`${name}: plain http is forwarded by the proxy`, async () => {
    const [sandbox, proxy] = [await startSandbox(), await startProxy()];
    const args = ["send", EXAMPLE, "--endpoint", sandbox.endpoint, "--max-events", "1"];
    const { code, json } = await runJson<Receipt>(args, { env: { [name]: proxy.url } });
    expect(code).toBe(0);
    expect(json.accepted).toBe(2);
    expect(proxy.asked).toEqual([`POST ${sandbox.endpoint}`, `POST ${sandbox.endpoint}`]);
    expect(sandbox.ledger()).toHaveLength(2);
  });
}

test("hosts of NO_PROXY are reached without the proxy, and HTTPS_PROXY does not apply to http", async () => {
  const [sandbox, proxy] = [await startSandbox(), await startProxy()];
  for (const env of [
    { HTTP_PROXY: proxy.url, NO_PROXY: "example.com,127.0.0.1" },
    { HTTP_PROXY: proxy.url, no_proxy: "*" },
    { HTTPS_PROXY: proxy.url },
    { HTTP_PROXY: "" },
  ]) {
    expect((await runCli(["send", EXAMPLE, "--endpoint", sandbox.endpoint], { env })).code).toBe(0);
  }
  expect(proxy.asked).toEqual([]);
  expect(sandbox.posts()).toHaveLength(4);
});

test("a proxy may be given without http://, and with credentials, which are never shown", async () => {
  const [sandbox, proxy] = [await startSandbox(), await startProxy()];
  const HTTP_PROXY = proxy.url.replace("http://", "");
  expect((await runCli(["send", EXAMPLE, "--endpoint", sandbox.endpoint], { env: { HTTP_PROXY } })).code).toBe(0);
  const env = { HTTP_PROXY: proxy.url.replace("http://", "http://someone:hunter2@") };
  expect((await runCli(["send", EXAMPLE, "--endpoint", sandbox.endpoint], { env })).code).toBe(0);
  expect(proxy.credentials).toEqual([undefined, `Basic ${btoa("someone:hunter2")}`]);
});

test("a malformed address of a proxy is wrong usage, and is not repeated", async () => {
  const sandbox = await startSandbox();
  for (const HTTPS_PROXY of ["http://someone:hunter2@", "ftp://hunter2.example", "http://hunter2 :x"]) {
    const { code, stderr } = await runCli(["send", EXAMPLE, "--endpoint", sandbox.endpoint], { env: { HTTPS_PROXY } });
    expect(code).toBe(2);
    expect(stderr).toContain("HTTPS_PROXY");
    expect(stderr).not.toContain("hunter2");
  }
  expect(sandbox.posts()).toEqual([]);
});

test("a proxy that refuses the connection or the tunnel proves that nothing was sent", async () => {
  const sandbox = await startSandbox({ tls });
  const refusing = await startProxy({ refuse: 403 });
  const gone = "http://127.0.0.1:1";
  for (const HTTPS_PROXY of [gone, refusing.url]) {
    const { code, json } = await runJson<Receipt>(["send", EXAMPLE, "--endpoint", sandbox.endpoint, "--retries", "0"], {
      env: { ...TRUST, HTTPS_PROXY },
    });
    expect(code).toBe(3);
    expect(json).toMatchObject({ unsent: 2, unknown: 0 });
  }
  expect(sandbox.posts()).toEqual([]);
});

test("a proxy that wants credentials for plain http has sent nothing on", async () => {
  const [sandbox, proxy] = [await startSandbox(), await startProxy({ refuse: 407 })];
  const { code, json, stderr } = await runJson<Receipt>(["send", EXAMPLE, "--endpoint", sandbox.endpoint], {
    env: { HTTP_PROXY: proxy.url },
  });
  expect(code).toBe(3);
  expect(json).toMatchObject({ unsent: 2, unknown: 0 });
  expect(stderr).toContain("the proxy answered 407");
  expect(sandbox.posts()).toEqual([]);
});

test("an untrusted certificate proves that nothing was sent, with a proxy and without", async () => {
  const [sandbox, proxy] = [await startSandbox({ tls }), await startProxy()];
  for (const env of [{}, { HTTPS_PROXY: proxy.url }]) {
    const { code, json } = await runJson<Receipt>(["send", EXAMPLE, "--endpoint", sandbox.endpoint], { env });
    expect(code).toBe(3);
    expect(json).toMatchObject({ unsent: 2, unknown: 0 });
  }
  expect(sandbox.posts()).toEqual([]);
});
