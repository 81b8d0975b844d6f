import type { Receipt } from "./receipt.js";

const COLUMNS = [
  "id",
  "events",
  "bytes",
  "state",
  "reason",
  "message",
  "requests",
  "fromIndex",
  "fromLine",
  "fromFile",
  "toIndex",
  "toLine",
  "toFile",
];

/**
 * Writes the batches of a receipt as CSV (RFC 4180) for a spreadsheet, one row each. The events that the check refused
 * are one more row, without an id.
 *
 * ```js
 * await writeFile("receipt.csv", receiptCsv(receipt));
 * ```
 */
export function receiptCsv(receipt: Receipt): string {
  const rows = receipt.batches.map(({ id, events, bytes, state, reason, message, attempts, from, to }) => [
    id,
    events,
    bytes,
    state,
    reason,
    message,
    attempts.length,
    from.index,
    from.line,
    from.file,
    to.index,
    to.line,
    to.file,
  ]);
  const byCheck = receipt.refusedBy.check;
  if (byCheck > 0) rows.push(["", byCheck, "", "refused", "check", "refused by the check", 0]);
  return [COLUMNS, ...rows].map((row) => `${COLUMNS.map((_, at) => cell(row[at])).join(",")}\r\n`).join("");
}

/** What a spreadsheet would compute: as in tables of refused rows. */
const FORMULA = /^'*(?:[=@\t\r]|[+-](?!(?=[.,]*\d)[\d.,]+$))/;

function cell(value: unknown): string {
  let text = value === undefined || value === null ? "" : String(value);
  if (typeof value === "string" && FORMULA.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
