import { type Receipt, receiptCsv, Sources, send } from "split-events";
import { expect, test } from "vitest";
import { API_KEY } from "../support/cli.js";
import { event, ndjson, parseNdjson } from "../support/events.js";
import { startSandbox } from "../support/sandbox.js";

const HEADER = "eventTypeId,trafficTypeName,key,timestamp,plan\n";
const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const refusedRow = (cell: string) => `e,user,,1645557824000,${quoted(cell)}`;

/** Gives the text once what came before is read. */
async function* later(text: string): AsyncGenerator<string> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  yield text;
}

interface Taken {
  receipt: Receipt;
  /** What the hook got: the lines, and the rows as long as there were any. */
  calls: { state: string; lines: string; rows: string | undefined }[];
}

async function sent(inputs: string[], faults: { post: number; do: "status"; status: number }[] = []): Promise<Taken> {
  const sandbox = await startSandbox();
  sandbox.setFaults(faults);
  const calls: Taken["calls"] = [];
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const receipt = await send(new Sources(inputs.map((text) => ({ name: "in", input: later(text) }))), {
    ...{ apiKey: API_KEY, endpoint: sandbox.endpoint, maxEvents: 1, concurrency: 1 },
    onUndelivered: (state, lines, rows) => {
      calls.push({ state, lines: decoder.decode(lines), rows: rows && decoder.decode(rows) });
    },
  });
  return { receipt, calls };
}

test("the same cells are marked in a table of refused rows and in a receipt", async () => {
  const formulas = [
    "=1+1",
    "+1+1",
    "-1-2",
    "-",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "'=x",
    "''@x",
    "-$5",
    "- 5",
    "-,",
    '="x"',
    "-5\n",
  ];
  const others = ["x", "-5", "+3.2", "-1.234,50", "-.5", "'x", "'-5", " =x", "x=1", "é", '"=x'];
  const cells = [...formulas, ...others];
  const { receipt, calls } = await sent([`${HEADER}${cells.map((cell) => `${refusedRow(cell)}\n`).join("")}`]);
  const rows = calls.map(({ rows }) => rows).join("");
  for (const cell of cells) {
    const mark = formulas.includes(cell) ? "'" : "";
    expect(rows, cell).toContain(`,${quoted(mark + cell)},"key_missing`);
    const batch = { id: "b", events: 1, bytes: 1, message: cell, attempts: [] };
    const place = { index: 0, line: 1 };
    const csv = receiptCsv({
      ...receipt,
      batches: [{ ...batch, state: "refused", reason: "request_refused", from: place, to: place }],
    });
    const written = /[",\r\n]/.test(cell) ? quoted(mark + cell) : mark + cell;
    expect(csv, cell).toContain(`,request_refused,${written},0,`);
  }
});

test("onUndelivered gets rows until an event is refused that did not come in the table", async () => {
  const table = HEADER + refusedRow("x");
  const { calls } = await sent([table, table, ndjson([event(0, { key: "" })]), table]);
  const rows = calls.map(({ rows }) => rows);
  expect(rows.indexOf(undefined)).toBeGreaterThan(0);
  expect(rows.slice(rows.indexOf(undefined)).every((rows) => rows === undefined)).toBe(true);
  expect(parseNdjson(calls.map(({ lines }) => lines).join(""))).toHaveLength(4);
});

test("each line has the state of its event, and only refused events have rows", async () => {
  const right = "e,user,Ava,1645557824000,x\n";
  const { calls } = await sent([HEADER + right.repeat(2)], [{ post: 1, do: "status", status: 401 }]);
  const told = calls.flatMap(({ state, lines, rows }) =>
    parseNdjson<{ state: string }>(lines).map((line) => [state, line.state, rows]),
  );
  expect(told).toEqual([
    ["refused", "refused", undefined],
    ["unsent", "unsent", undefined],
  ]);
});
