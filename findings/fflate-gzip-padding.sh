#!/usr/bin/env bash
# fflate 0.8.3, Node.js 20 or newer.
#
# Expected: all members of a gzip file (RFC 1952) are read, and zero bytes after them, with which tapes and block devices
# pad files, are skipped, as gzip itself does ("trailing zero bytes ignored").
# Seen: the streaming `Gunzip` reads both members, but throws "invalid gzip data" at the zeros. It has returned the data of
# all members by then, so a program that believes the error throws away a complete file. `gunzipSync` returns an empty
# result, since it reads the length from the last four bytes.
#
# Fails if this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact fflate@0.8.3
cat > seen.mjs <<'JS'
import assert from "node:assert";
import { gzipSync as zip } from "node:zlib";
import { Gunzip, gunzipSync } from "fflate";

const members = Buffer.concat([zip("one\n"), zip("two\n")]);
const padded = Buffer.concat([members, Buffer.alloc(512)]);

function streamed(bytes) {
  let text = "";
  let error = null;
  const gunzip = new Gunzip((chunk) => (text += Buffer.from(chunk).toString()));
  try {
    gunzip.push(bytes, true);
  } catch (thrown) {
    error = thrown.message;
  }
  return { text, error };
}

const seen = {
  "two members, streamed": streamed(members),
  "two members and zeros, streamed": streamed(padded),
  "one member and zeros, gunzipSync": Buffer.from(gunzipSync(Buffer.concat([zip("one\n"), Buffer.alloc(512)]))).toString(),
};
console.log(seen);
assert.deepEqual(seen["two members, streamed"], { text: "one\ntwo\n", error: null });
assert.deepEqual(seen["two members and zeros, streamed"], { text: "one\ntwo\n", error: "invalid gzip data" });
assert.equal(seen["one member and zeros, gunzipSync"], "");
console.log("as described");
JS
node seen.mjs
