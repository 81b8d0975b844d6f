#!/usr/bin/env bash
# fzstd 0.1.1, Node.js 22.15 or newer.
#
# A zstd frame may end with a checksum of its data (RFC 8878, 3.1.1), which `zstd` writes unless told not to.
# Expected: data that does not fit its checksum is an error, as in `zstd -d` and in zlib of Node ("Restored data doesn't match
# checksum").
# Seen: fzstd skips the checksum. One bit that was changed in a file gives other data of the same length, without an error.
#
# Fails if this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm pkg set allowScripts.node=true --json
npm install --silent --no-audit --no-fund --save-exact fzstd@0.1.1 node@22.23.3
cat > seen.mjs <<'JS'
import assert from "node:assert";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { decompress } from "fzstd";

const text = Array.from({ length: 3000 }, (_, number) => `{"number":${number}}\n`).join("");
const packed = zstdCompressSync(text, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
packed[packed.length >> 1] ^= 4;
let zlib = "no error";
try {
  zstdDecompressSync(packed);
} catch (error) {
  zlib = error.message;
}
const read = Buffer.from(decompress(packed)).toString();
const seen = { zlib, "length by fzstd": read.length - text.length, "the same": read === text };
console.log(seen);
assert.deepEqual(seen, { zlib: "Restored data doesn't match checksum", "length by fzstd": 0, "the same": false });
console.log("as described");
JS
npx node seen.mjs
