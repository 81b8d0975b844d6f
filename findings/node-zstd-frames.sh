#!/usr/bin/env bash
# Node.js 22.23.3, its own zlib.
#
# A zstd file may have several frames (RFC 8878, 3.1), as from `cat a.zst b.zst` or `pzstd`, and frames that decompressors
# skip, with which pzstd begins.
# Expected: `zstdDecompressSync` and `createZstdDecompress` read all frames, or fail; a file that is cut off is an error, as
# it is for gzip ("unexpected end of file").
# Seen: both end after the first frame without an error, and the rest is lost. Of a file that begins with a skipped frame
# they return no data. The stream also ends without an error if the file is cut off, wherever: the data up to there, or
# none, looks like all of it.
#
# Fails if this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm pkg set allowScripts.node=true --json
npm install --silent --no-audit --no-fund --save-exact node@22.23.3
cat > seen.mjs <<'JS'
import assert from "node:assert";
import { Readable } from "node:stream";
import { createZstdDecompress, zstdCompressSync, zstdDecompressSync } from "node:zlib";

async function streamed(bytes) {
  let text = "";
  try {
    for await (const chunk of Readable.from([bytes]).pipe(createZstdDecompress())) text += chunk;
  } catch (error) {
    return { text, error: error.message };
  }
  return { text, error: null };
}

const [one, two] = [zstdCompressSync("one\n"), zstdCompressSync("two\n")];
const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 7]);
const seen = {
  "two frames": String(zstdDecompressSync(Buffer.concat([one, two]))),
  "two frames, streamed": await streamed(Buffer.concat([one, two])),
  "a skipped frame first": String(zstdDecompressSync(Buffer.concat([skipped, one]))),
  "cut off, streamed": await streamed(one.subarray(0, -3)),
};
console.log(process.version, seen);
assert.deepEqual(seen, {
  "two frames": "one\n",
  "two frames, streamed": { text: "one\n", error: null },
  "a skipped frame first": "",
  "cut off, streamed": { text: "o", error: null },
});
console.log("as described");
JS
npx node seen.mjs
