#!/usr/bin/env bash
# read-excel-file 9.3.17, Node.js 20 or newer.
#
# Expected: a cell that is shown as a date is read as one, whatever the format. Excel tells dates by the letters of their
# format, such as yyyymmdd.
# Seen: if the letters of a format touch, the number of days comes instead, as a number like any other: 46346 for 2026-11-20,
# and in a workbook that counts from 1904 (as older ones of the Mac) 44884, which is another day by the same rule.
#
# Fails if this changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --save-exact read-excel-file@9.3.17 fflate@0.8.3
cat > seen.mjs <<'JS'
import assert from "node:assert";
import { writeFileSync } from "node:fs";
import { strToU8, zipSync } from "fflate";
import * as library from "read-excel-file/node";

const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const types = "application/vnd.openxmlformats-officedocument.spreadsheetml";

function workbook(format, is1904) {
  const days = is1904 ? 46346 - 1462 : 46346;
  const files = {
    "[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${types}.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="${types}.styles+xml"/></Types>`,
    "_rels/.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `<workbook xmlns="${main}" xmlns:r="${office}"><workbookPr${is1904 ? ' date1904="1"' : ""}/><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
    "xl/styles.xml": `<styleSheet xmlns="${main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="${format}"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    "xl/worksheets/sheet1.xml": `<worksheet xmlns="${main}"><dimension ref="A1"/><sheetData><row r="1"><c r="A1" s="1"><v>${days}</v></c></row></sheetData></worksheet>`,
  };
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));
}

async function read(format, is1904) {
  writeFileSync("book.xlsx", workbook(format, is1904));
  const read = library.readSheet ?? library.default;
  const rows = await read("book.xlsx");
  const [[cell]] = rows[0]?.data ?? rows;
  return cell instanceof Date ? cell.toISOString().slice(0, 10) : cell;
}

const seen = {
  "yyyy-mm-dd": await read("yyyy-mm-dd", false),
  yyyymmdd: await read("yyyymmdd", false),
  "yyyymmdd from 1904": await read("yyyymmdd", true),
};
console.log(seen);
assert.deepEqual(seen, { "yyyy-mm-dd": "2026-11-20", yyyymmdd: 46346, "yyyymmdd from 1904": 44884 });
console.log("as described");
JS
node seen.mjs
