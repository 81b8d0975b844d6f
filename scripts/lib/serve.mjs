import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { environment, isStopping, start } from "./child.mjs";
import { Failure, say } from "./say.mjs";

const host = "127.0.0.1";
const patience = 60_000;

/** Serves the built admin page and returns its address. */
export async function servePage() {
  const port = await freePort(4173);
  const url = `http://${host}:${port}/`;
  await serve("vite", ["preview", "www", "--host", host, "--port", `${port}`, "--strictPort"], url);
  return url;
}

/** The keys of a local Worker. They are no secret. */
export const localKeys = { client: "local-client", admin: "local-admin", service: "local-service" };

/**
 * Serves the Worker in local workerd, with its queue and its Durable Objects, and returns its address.
 *
 * @param {string} upstream where it forwards to
 * @param {{ loud?: boolean, persist?: string }} [options] loud: prints each request; persist: the folder of its storage
 */
export async function serveWorker(upstream, { loud = false, persist = ".wrangler/state" } = {}) {
  const port = await freePort(8787);
  const url = `http://${host}:${port}`;
  const args = ["dev", "--cwd", "worker/template", "--ip", host, "--port", `${port}`, "--inspector-port", "0"];
  const { client, admin, service } = localKeys;
  const vars = { UPSTREAM: upstream, SPLIT_API_KEY: service, ADMIN_KEY: admin, CLIENT_KEY_LOCAL: client };
  for (const [name, value] of Object.entries(vars)) args.push("--var", `${name}:${value}`);
  args.push("--persist-to", persist, "--show-interactive-dev-session=false");
  // only the Worker's own requests leave this machine
  const env = {
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
  };
  await serve("wrangler", args, url, { env, loud });
  return url;
}

/**
 * Starts a server and waits until it answers, with whatever status.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {string} url
 * @param {{ env?: Record<string, string>, loud?: boolean }} [options]
 */
async function serve(command, args, url, { env = {}, loud = false } = {}) {
  const child = start(command, args, { env: { ...environment(), ...env } });
  let ready = false;
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text) => {
      if (!ready) output += text;
      else if (loud) process.stdout.write(text);
    });
  }
  let ended = "";
  child.once("error", (error) => {
    ended = `could not be started: ${error.message}`;
  });
  child.once("close", (code) => {
    ended ||= `ended with exit code ${code} (above)`;
    if (ready && !isStopping()) say(`${command} ended with exit code ${code}; ${url} does not answer any more`);
  });
  const deadline = Date.now() + patience;
  while (!(await answers(url))) {
    if (ended) throw new Failure(`${command} ${ended}`, output);
    if (Date.now() > deadline) throw new Failure(`${command} did not answer at ${url} within a minute (above)`, output);
    await sleep(100);
  }
  ready = true;
}

/** @param {string} url */
async function answers(url) {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {number} wanted taken if it is free, so that addresses mostly stay the same
 * @returns {Promise<number>}
 */
async function freePort(wanted) {
  const server = createServer().listen(wanted, host);
  try {
    await once(server, "listening");
  } catch {
    return freePort(0);
  }
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}
