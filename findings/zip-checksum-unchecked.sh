#!/usr/bin/env bash
# unzipit 2.1.1 and fflate 0.8.3, Node.js 20.12 or newer.
#
# A zip file has the CRC-32 of each member (APPNOTE 4.4.7), so that damage is noticed.
# Expected: a member that does not fit its checksum is an error, as in `unzip` and Python's zipfile.
# Seen: neither library compares it. Of a member in which one bit was changed both return the changed data without an error,
# stored or compressed. (unzipit compares the length; @zip.js/zip.js 2.24.0 compares the checksum if `checkCrc32` is set.)
#
# Fails if this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact unzipit@2.1.1 fflate@0.8.3 @zip.js/zip.js@2.24.0
cat > seen.mjs <<'JS'
import assert from "node:assert";
import { BlobReader, TextWriter, ZipReader } from "@zip.js/zip.js";
import { strToU8, unzipSync, zipSync } from "fflate";
import { unzip } from "unzipit";

const seen = {};
for (const [name, level] of [["stored", 0], ["compressed", 6]]) {
  const zip = Buffer.from(zipSync({ a: strToU8("amount,1\n") }, { level }));
  const at = zip.indexOf("amount,1") + 7;
  if (level === 0) zip[at] ^= 8;
  // fixed codes of deflate: the same length, another letter
  else zip[31 + 2] ^= 4;
  const text = (bytes) => Buffer.from(bytes).toString();
  const attempt = async (read) => {
    try {
      return await read();
    } catch (error) {
      return `error: ${error.message}`;
    }
  };
  const checked = async () => {
    const [entry] = await new ZipReader(new BlobReader(new Blob([zip]))).getEntries();
    return entry.getData(new TextWriter(), { checkCrc32: true, useWebWorkers: false });
  };
  seen[name] = {
    fflate: await attempt(() => text(unzipSync(zip).a)),
    unzipit: await attempt(async () => (await unzip(zip)).entries.a.text()),
    "zip.js": await attempt(checked),
  };
}
console.log(seen);
for (const { fflate, unzipit, "zip.js": zipJs } of Object.values(seen)) {
  assert.notEqual(fflate, "amount,1\n");
  assert.ok(!fflate.startsWith("error"));
  assert.equal(unzipit, fflate);
  assert.equal(zipJs, "error: Invalid CRC32");
}
console.log("as described");
JS
node seen.mjs
