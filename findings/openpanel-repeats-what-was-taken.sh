#!/usr/bin/env bash
# @openpanel/sdk 1.3.1, Node.js 20 or newer.
#
# Expected: an event that the server took is posted once, whichever 2xx says so. One that the server refuses (400) is not
# posted again, since it will be refused again.
# Seen: only a 202, or a 200 with a JSON body, counts as taken. After a 204, a 200 with the text "ok", or a 400, the same
# event is posted four times within four seconds, without an id by which a server could recognise it. `track` resolves with
# null both if the event was taken (202) and if all four attempts failed, so a program cannot tell one from the other.
#
# Fails if this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact @openpanel/sdk@1.3.1
cat > seen.mjs <<'JS'
import assert from "node:assert";
import { createServer } from "node:http";
import { OpenPanel } from "@openpanel/sdk";

console.error = () => {}; // the SDK prints "Max retries reached"
async function postsAfter(status, body) {
  const bodies = [];
  const headers = new Set();
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    bodies.push(text);
    for (const name of Object.keys(request.headers)) headers.add(name);
    response.writeHead(status).end(body);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const client = new OpenPanel({
    apiUrl: `http://127.0.0.1:${server.address().port}`,
    clientId: "id",
    clientSecret: "secret",
  });
  const told = await client.track("signup", { plan: "free" });
  server.closeAllConnections();
  server.close();
  assert.equal(new Set(bodies).size, 1, "the same body each time");
  assert.ok(![...headers].some((name) => /idempotency|retry|attempt/.test(name)));
  return { posts: bodies.length, told };
}
const seen = {
  "202, empty": await postsAfter(202, ""),
  "200, JSON": await postsAfter(200, "{}"),
  "204": await postsAfter(204, ""),
  "200, ok": await postsAfter(200, "ok"),
  "400": await postsAfter(400, "{}"),
};
console.log(seen);
assert.deepEqual(seen, {
  "202, empty": { posts: 1, told: null },
  "200, JSON": { posts: 1, told: {} },
  "204": { posts: 4, told: null },
  "200, ok": { posts: 4, told: null },
  "400": { posts: 4, told: null },
});
console.log("as described");
process.exit(0);
JS
node seen.mjs
