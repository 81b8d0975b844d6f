#!/usr/bin/env bash
# workerd as it comes with miniflare 4.20260730.0, Node.js 22.12 or newer.
#
# A gzip file may have several members (RFC 1952, 2.2), as from `cat a.gz b.gz`.
# Expected: DecompressionStream reads all of them, or fails.
# Seen: with a compatibility date before 2023-08-01 the stream ends after the first member without an error, and the second
# is lost. With a later date it fails. So whether the same code loses data depends on a date in a configuration file.
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
