#!/usr/bin/env bash
# Firefox 153.7.0esr (Debian 12: firefox-esr), Node.js 20 or newer.
#
# Expected: `localStorage.setItem` in `pagehide` keeps the item however the page is left, or throws one of the exceptions
# of the standard (QuotaExceededError, SecurityError).
# Seen: it keeps the item if the page is left by navigation. If the tab is closed it throws `NS_ERROR_FAILURE`, an internal
# exception of Firefox that is not a DOMException, and does not keep the item. Keepalive requests and IndexedDB
# transactions of the same listener succeed. So a page that saves its last changes like this loses them when its user
# closes the tab.
#
# Fails if this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact ws@8.21.0
cat > seen.mjs <<'JS'
import assert from "node:assert";
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import WebSocket from "ws";

const said = {};
let heard = () => {};
const server = createServer((request, response) => {
  response.setHeader("Content-Type", "text/html").end("<!doctype html>");
  if (request.method !== "POST") return;
  const [, way, word] = request.url.split("/");
  said[way] = word;
  heard();
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const site = `http://127.0.0.1:${server.address().port}/`;

const flags = ["--headless", "--no-remote", "--profile", process.argv[2], "--remote-debugging-port", "0", "about:blank"];
const firefox = spawn("firefox-esr", flags, { detached: true, stdio: ["ignore", "ignore", "pipe"] });
process.on("exit", () => process.kill(-firefox.pid, "SIGKILL"));
setTimeout(() => assert.fail("no answer in 60 s"), 60_000).unref();
const address = await new Promise((resolve) => {
  let text = "";
  firefox.stderr.on("data", (chunk) => {
    text += chunk;
    const found = /WebDriver BiDi listening on (ws:\S+)/.exec(text);
    if (found) resolve(found[1]);
  });
});
const socket = new WebSocket(`${address}/session`);
await new Promise((resolve) => socket.once("open", resolve));
const waiting = new Map();
socket.on("message", (data) => {
  const { id, result, message } = JSON.parse(data);
  waiting.get(id)?.(result ?? assert.fail(message));
});
const send = (method, params) =>
  new Promise((resolve) => {
    const id = waiting.size + 1;
    waiting.set(id, resolve);
    socket.send(JSON.stringify({ id, method, params }));
  });

await send("session.new", { capabilities: {} });
const open = async () => {
  const { context } = await send("browsingContext.create", { type: "tab" });
  await send("browsingContext.navigate", { context, url: site, wait: "complete" });
  return context;
};
const run = async (context, expression) => {
  const { result } = await send("script.evaluate", { target: { context }, expression, awaitPromise: false });
  return result.value;
};
for (const way of ["navigation", "closing"]) {
  const context = await open();
  await run(
    context,
    `addEventListener("pagehide", () => {
      let word = "kept";
      try {
        localStorage.setItem("${way}", "changes");
      } catch (error) {
        word = error.name;
      }
      fetch("/${way}/" + encodeURIComponent(word), { method: "POST", keepalive: true });
    })`,
  );
  const told = new Promise((resolve) => {
    heard = resolve;
  });
  if (way === "navigation") await send("browsingContext.navigate", { context, url: `${site}next`, wait: "complete" });
  else await send("browsingContext.close", { context });
  await told;
}
const kept = await run(await open(), "JSON.stringify(localStorage)");
console.log(said, kept);
assert.deepEqual(said, { navigation: "kept", closing: "NS_ERROR_FAILURE" });
assert.equal(kept, '{"navigation":"changes"}');
console.log("as described");
process.exit(0);
JS
mkdir profile
node seen.mjs "$folder/profile"
