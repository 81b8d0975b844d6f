#!/usr/bin/env bash
# workerd as it comes with miniflare 4.20260730.0, Node.js 22.12 or newer.
#
# The value of a header is bytes. By the Fetch standard JavaScript reads each byte as one character, and writes each
# character below U+0100 as one byte: Node's fetch sends "\u00e4" as the byte e4, and Node's server reads it as "\u00e4".
# Expected: in a Worker, two values with different bytes are two different texts.
# Seen: workerd reads a request's header as UTF-8, and replaces each byte that is not UTF-8 by U+FFFD. So "id-\u00e4" and
# "id-\u00f6" become the same text, "id-\ufffd". A Worker that identifies requests by a header such as Idempotency-Key
# then takes one sender's request for a repeat of another's.
#
# Fails if this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact miniflare@4.20260730.0
cat > seen.mjs <<'JS'
import assert from "node:assert";
import { once } from "node:events";
import { createServer } from "node:http";
import { Miniflare } from "miniflare";

const name = "idempotency-key";
const codes = (text) => Array.from(text, (char) => char.codePointAt(0).toString(16)).join(" ");
const script = `const codes = ${codes};
export default { fetch: (request) => new Response(codes(request.headers.get("${name}"))) }`;
const miniflare = new Miniflare({ modules: true, script, compatibilityDate: "2026-07-01" });
const server = createServer((request, response) => response.end(codes(request.headers[name])));
await once(server.listen(0, "127.0.0.1"), "listening");
const addresses = { workerd: await miniflare.ready, node: `http://127.0.0.1:${server.address().port}` };

const seen = {};
for (const [where, address] of Object.entries(addresses)) {
  seen[where] = [];
  for (const key of ["id-\u00e4", "id-\u00f6"]) {
    seen[where].push(await (await fetch(address, { headers: { [name]: key } })).text());
  }
}
console.log(seen);
assert.deepEqual(seen, {
  workerd: ["69 64 2d fffd", "69 64 2d fffd"],
  node: ["69 64 2d e4", "69 64 2d f6"],
});
server.closeAllConnections();
server.close();
await miniflare.dispose();
console.log("as described");
JS
node seen.mjs
