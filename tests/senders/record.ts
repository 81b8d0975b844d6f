import { spawn } from "node:child_process";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { chromiumFlags, findChromium } from "../../scripts/chromium.mjs";
import type { Sender } from "./senders.ts";

/** The longest that a sender may take, in milliseconds. */
const PATIENCE = 30_000;

/** Lets an SDK send to a server of ours. Returns the texts of its bodies with events. */
export async function record({ language, sdk }: Sender, python: string): Promise<string[]> {
  const bodies: string[] = [];
  const page = language === "browser" ? await bundle() : "";
  const server = createServer(async (request, response) => {
    if (request.url === `/?${sdk}`) return void response.setHeader("content-type", "text/html").end(page);
    const body = await text(request);
    if (body !== undefined) bodies.push(body);
    response.end(answer(request.url ?? "", language));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    if (language === "browser") await open(`${url}/?${sdk}`, () => bodies.some((body) => body.includes("Song")));
    else await run(language === "node" ? [process.execPath, path("send.mjs")] : [python, path("send.py")], [sdk, url]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
  return bodies;
}

function path(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

/** Returns a page that has the SDKs. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path("send-browser.mjs")],
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "silent",
    define: { global: "globalThis", "process.env.NODE_ENV": '"production"' },
  });
  const script = (outputFiles[0]?.text ?? "").replaceAll("</script", "<\\/script");
  return `<!doctype html><meta charset="utf-8"><script type="module">${script}</script>`;
}

/** Opens a page until all that it sends has come. */
async function open(url: string, isDone: () => boolean): Promise<void> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error("no Chromium: install it, or name it in CHROMIUM_PATH");
  const browser = await chromium.launch({ executablePath, args: [...chromiumFlags] });
  try {
    const errors: string[] = [];
    const page = await browser.newPage();
    page.on("pageerror", ({ message }) => errors.push(message));
    await page.goto(url);
    const late = Date.now() + PATIENCE;
    while (!isDone()) {
      if (Date.now() > late) throw new Error(`nothing came from the page: ${errors.join("; ")}`);
      await sleep(50);
    }
  } finally {
    await browser.close();
  }
}

async function run([program, file]: string[], args: string[]): Promise<void> {
  const child = spawn(program as string, [file as string, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const late = setTimeout(() => child.kill(), PATIENCE);
  const code = await new Promise((ended, failed) => child.on("close", ended).on("error", failed));
  clearTimeout(late);
  if (code !== 0) throw new Error(`${file} ${args[0]} ended with ${code}: ${said}`);
}

/** Returns the JSON of a request, however it is packed; undefined for a request that brings no events. */
async function text(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const body = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString();
  const { pathname, search } = new URL(request.url ?? "", "http://127.0.0.1");
  if (/splitChanges|metrics|latest-all|config_specs|id_lists|engage/.test(pathname)) return undefined;
  // Mixpanel's forms
  const data = new URLSearchParams(body.startsWith("data=") ? body : search).get("data");
  if (data === null) return body === "" ? undefined : body;
  return /^[{[]/.test(data) ? data : Buffer.from(data, "base64").toString();
}

/** Returns an answer that contents the SDK that asked. */
function answer(url: string, language: Sender["language"]): string {
  if (url.startsWith("/splitChanges")) return '{"ff":{"d":[],"s":1,"t":1},"rbs":{"d":[],"s":1,"t":1}}';
  if (url.includes("latest-all")) return '{"flags":{},"segments":{}}';
  if (url.includes("httpapi")) return '{"code":200}';
  if (url.startsWith("/track")) return language === "node" ? "1" : '{"status":1,"error":null}';
  return "{}";
}
