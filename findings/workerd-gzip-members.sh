#!/usr/bin/env bash
# workerd as miniflare 4.20260730.0 brings it, Node.js 22.12 or newer.
#
# A gzip file may have several members (RFC 1952, 2.2); `cat a.gz b.gz` makes one. Expected of DecompressionStream: both
# are read, or an error.
# Seen: with a compatibility date before 2023-08-01 the stream ends after the first member, without an error: what is in
# the second is lost without a word. With a later date it is an error. So the same code loses data by a date in a
# configuration file that says nothing of it.
#
# Fails if any of this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact miniflare@4.20260730.0
cat > seen.mjs <<'JS'
import assert from "node:assert";
import { gzipSync as zip } from "node:zlib";
import { Miniflare } from "miniflare";

const script = `export default { async fetch(request) {
  try {
    return new Response(await new Response(request.body.pipeThrough(new DecompressionStream("gzip"))).text());
  } catch (error) {
    return new Response("error");
  }
} }`;
const body = Buffer.concat([zip("one\n"), zip("two\n")]);
const seen = {};
for (const compatibilityDate of ["2023-07-31", "2023-08-01"]) {
  const miniflare = new Miniflare({ modules: true, script, compatibilityDate });
  const response = await miniflare.dispatchFetch("http://localhost/", { method: "POST", body });
  seen[compatibilityDate] = await response.text();
  await miniflare.dispose();
}
console.log(seen);
assert.deepEqual(seen, { "2023-07-31": "one\n", "2023-08-01": "error" });
console.log("as described");
JS
node seen.mjs
