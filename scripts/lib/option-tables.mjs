import { expected, rowsFor, TABLE } from "../../pkg/build/options/rows.js";
import { TAKERS } from "../../pkg/build/options/table.js";

/** @typedef {import("../../pkg/build/options/rows.js").Row} Row */

/** Where the table stands in docs/DELIVERY.md. */
export const BEGIN = "<!-- options of send and resumeImport, by npm run options -->";
export const END = "<!-- end of options -->";

/** The options by which send and resumeImport deliver, beside those of the check. */
export function deliveryTable() {
  const check = rowsFor("check");
  const rows = shown().filter(({ of, name }) => {
    const delivers = of.includes("send") || of.includes("resumeImport");
    return delivers && !check.some((row) => row.name === name);
  });
  return [
    "| option | on the command line | | must be | default |",
    "|---|---|---|---|---|",
    ...rows.map((row) => line([code(row.name), commandLine(row), row.doc, mustBe(row), usual(row)])),
    "",
  ].join("\n");
}

/** The page of all options. */
export function optionsPage() {
  const of = (/** @type {Row} */ row) => row.of.map((taker) => code(taker)).join(", ");
  return `# Options

Every option of the package, made from [the table](../pkg/src/options/table.ts) that the package checks them by and that
the command line has its flags from (\`npm run options\`).

- A name that is no option of a function is a \`ConfigError\` with the code \`unknown_option\`, which says what was probably
  meant, or which function takes it. Nothing was sent then.
- A value that an option may not have is a \`ConfigError\`, too.
- \`undefined\` and \`null\` count as not given. What an object inherits counts as what is its own.
- Spans of time are numbers of milliseconds here, and \`500ms\`, \`30s\`, \`2m\` or \`1h\` on the command line, where a number by
  itself is milliseconds, and below 100 is refused.
- What a hook (\`on...\`) throws or rejects with changes nothing of a delivery: it is counted as \`hookErrors\`, and told once.

| option | taken by | | must be | default | on the command line |
|---|---|---|---|---|---|
${shown()
  .map((row) => line([code(row.name), of(row), row.doc, mustBe(row), usual(row), commandLine(row)]))
  .join("\n")}

The types describe them further: ${Object.entries(TAKERS)
    .map(([taker, type]) => `${code(taker)} takes ${code(type)}`)
    .join(", ")}.
`;
}

/** @returns {Row[]} */
function shown() {
  return TABLE.filter(({ internal }) => !internal);
}

/** @param {string[]} cells */
function line(cells) {
  return `|${cells.map((cell) => (cell === "" ? " " : ` ${cell.replaceAll("|", "\\|")} `)).join("|")}|`;
}

/** @param {string} text */
function code(text) {
  return `\`${text}\``;
}

/** @param {Row} row */
function commandLine({ name, flag, beside = "" }) {
  if (flag === undefined) return beside.replaceAll(/--[a-z]+|[A-Z]+_[A-Z_]+/g, code);
  return name === "retry.attempts" ? `${code("--retries")}, one less` : code(flag.split(" ")[0] ?? "");
}

/** @param {Row} row */
function mustBe(row) {
  return row.type === "any" ? "" : expected(row).replaceAll(/\d{4,}/g, (digits) => grouped(Number(digits)));
}

/** @param {Row} row */
function usual({ default: usual }) {
  if (usual === undefined) return "";
  return typeof usual === "number" ? grouped(usual) : code(String(usual));
}

/** @param {number} number */
function grouped(number) {
  return number.toLocaleString("en-US");
}
