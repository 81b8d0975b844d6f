import type { BatchReceipt, Issue, Reason, Receipt } from "split-events";
import { expect, test } from "vitest";
import { renderReceipt, renderReport } from "../../pkg/build/cli/output/table.js";

const PLAIN = { color: false };

function issue(changes: Partial<Issue> = {}): Issue {
  return {
    code: "key_empty",
    severity: "error",
    path: "key",
    index: 0,
    line: 1,
    byteOffset: 0,
    got: '""',
    message: "key is empty",
    hint: "give a key",
    file: "a.json",
    ...changes,
  };
}

function batch(number: number, changes: Partial<BatchReceipt> = {}): BatchReceipt {
  return {
    id: `b${number}`,
    events: 10,
    bytes: 1000,
    state: "accepted",
    attempts: [{ status: 202, ms: 1 }],
    from: { index: number * 10, line: number * 10 + 1, file: "a.json" },
    to: { index: number * 10 + 9, line: number * 10 + 10, file: "a.json" },
    ...changes,
  };
}

function receipt(changes: Partial<Receipt> = {}): Receipt {
  return {
    events: 10,
    clean: 10,
    repaired: 0,
    refused: 0,
    warned: 0,
    issueCounts: {},
    issues: [],
    keys: { uuid: 0, integer: 0, email: 0, other: 0, capitals: 0, spaces: 0 },
    accepted: 10,
    unknown: 0,
    unsent: 0,
    duplicates: 0,
    otherKey: 0,
    refusedBy: { check: 0, service: 0 },
    batches: [batch(0)],
    hookErrors: 0,
    complete: true,
    ...changes,
  };
}

test("control characters in events and names of files never reach the terminal", () => {
  const hostile = "\u001b[2J\u009b31m\u0007\r\n\u202egnp.exe\u2028";
  const issues = [issue({ got: hostile, file: hostile, path: hostile })];
  const batches = [batch(0, { state: "refused", reason: "rejected", message: hostile })];
  const text = renderReceipt(receipt({ issues, issueCounts: { key_empty: 1 }, batches }), PLAIN);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for them
  expect(text.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
  expect(text).toContain("\\u001b[2J\\u009b31m\\u0007\\r\\n\\u202egnp.exe\\u2028");
});

test("there is colour only if it is asked for", () => {
  const report = receipt({ issues: [issue()], issueCounts: { key_empty: 1 } });
  expect(renderReport(report, { color: false })).not.toContain("\u001b");
  expect(renderReport(report, { color: true })).toContain("\u001b[31mkey_empty");
});

test("lines fit the terminal, and a found text is shown to its last character", () => {
  const got = `${"x".repeat(79)}!`;
  const report = receipt({ issues: [issue({ got, hint: "word ".repeat(60) })], issueCounts: { key_empty: 1 } });
  const lines = renderReport(report, { color: false, columns: 70 }).split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(70);
  expect(lines.join("").replaceAll(" ", "")).toContain(got);
});

test("issues are grouped by code with exact counts, the gravest first", () => {
  const issues = [
    issue({ code: "key_trimmed", severity: "repair", line: 1 }),
    issue({ code: "key_empty", line: 2 }),
    issue({ code: "key_empty", line: 3 }),
  ];
  const text = renderReport(receipt({ issues, issueCounts: { key_trimmed: 1, key_empty: 12345 } }), PLAIN);
  expect(text).toMatch(/^key_empty +12,345 +a\.json:2$/m);
  expect(text.indexOf("key_empty")).toBeLessThan(text.indexOf("key_trimmed"));
});

test("batches that were not accepted are listed with the reason, neighbours in one row, and the rest counted", () => {
  const unsent = { state: "unsent", reason: "stopped", message: "the run was stopped" } as const;
  const batches = [
    batch(0),
    batch(1, unsent),
    batch(2, unsent),
    ...Array.from({ length: 40 }, (_, i) => batch(i + 3, { state: "unknown", reason: `reason-${i}` as Reason })),
  ];
  const text = renderReceipt(receipt({ unsent: 20, unknown: 400, events: 430, batches }), PLAIN);
  expect(text).toMatch(/^unknown +10 +in 1 batch: a\.json, lines 31 to 40\n {2}reason-0$/m);
  expect(text).toMatch(/… and 300 more events; --json lists every batch$/m);
  const few = renderReceipt(receipt({ unsent: 20, events: 30, batches: batches.slice(0, 3) }), PLAIN);
  expect(few).toMatch(/^unsent +20 +in 2 batches: a\.json, lines 11 to 30\n {2}stopped: the run was stopped$/m);
});

test("batches that share a reason but are no neighbours are one row, with the place of the first", () => {
  const unsent = { state: "unsent", reason: "stopped" } as const;
  const batches = [batch(0, unsent), batch(1), batch(2, unsent)];
  const text = renderReceipt(receipt({ unsent: 20, events: 30, batches }), PLAIN);
  expect(text).toMatch(/^unsent +20 +in 2 batches: the first at a\.json, lines 1 to 10\n {2}stopped$/m);
});

test("a line names a field once, an option by its flag, and a byte where no field says where to look", () => {
  const issues = [
    issue({ code: "key_empty" }),
    issue({
      code: "property_not_scalar",
      severity: "repair",
      path: "properties.a",
      got: "{}",
      hint: "`flatten` helps",
    }),
    issue({ code: "not_json", path: "", byteOffset: 1234, got: ",}", message: "this is not valid JSON" }),
    issue({ code: "unknown_field", severity: "repair", path: "it", message: "it was removed", got: "7" }),
    issue({ code: "duplicate_field", path: "`map`", got: "`map`", message: "`map` and `me`" }),
  ];
  const text = renderReport(receipt({ issues }), PLAIN);
  expect(text).toContain('\n  key is empty\n  found: ""\n');
  expect(text).toContain("\n  properties.a: key is empty\n  found: {}\n  → --flatten helps\n");
  expect(text).toContain("\n  this is not valid JSON\n  found at byte 1234: ,}\n");
  expect(text).toContain("\n  it: it was removed\n");
  expect(text).toContain("\n  `map`: --map and `me`\n  found: `map`\n");
});

test("the first line says how all ended, and the last ones how to go on", () => {
  const open = receipt({ events: 20, accepted: 5, refused: 3, unknown: 2, unsent: 10, repaired: 4, complete: false });
  const text = renderReceipt(open, { color: false, files: { unsent: "rest.ndjson" } });
  expect(text.split("\n")[0]).toBe(
    "20 events: 5 accepted, 3 refused, 2 unknown, 10 unsent (4 repaired); the input was not read to its end",
  );
  expect(text).toContain("split-events send --preset unsent rest.ndjson");
  expect(text).toContain("--unknown FILE");
  expect(renderReceipt(receipt(), PLAIN)).not.toContain("FILE");
});

test("duplicates are not offered to be sent again", () => {
  const batches = [batch(0, { state: "unsent", reason: "duplicate", message: "an earlier import has them" })];
  const all = renderReceipt(receipt({ accepted: 0, unsent: 10, duplicates: 10, batches }), PLAIN);
  expect(all).toContain("10 held back: sent before, or may have been");
  expect(all).toContain("Held back: an earlier import has sent these events, or may have.");
  expect(all).not.toContain("without harm");
  const some = renderReceipt(receipt({ accepted: 0, unsent: 10, duplicates: 4, batches }), {
    ...PLAIN,
    files: { unsent: "unsent.ndjson" },
  });
  expect(some).toContain("without harm");
  expect(some).toContain("split-events send --preset unsent unsent.ndjson");
});

test("with a journal the receipt names the commands that go on", () => {
  const text = renderReceipt(receipt({ accepted: 4, unknown: 3, unsent: 3 }), { ...PLAIN, journal: "the june import" });
  expect(text).toContain("split-events resume --journal 'the june import'");
  expect(text).toContain("split-events unknown --journal 'the june import'");
});
