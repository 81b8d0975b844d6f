import { InputError } from "../errors/input-error.js";
import type { ContainerOptions, Part } from "../input/containers.js";
import { listed } from "../words/index.js";
import { csvCell } from "./csv.js";
import { damage, type Held, reading } from "./held.js";
import type { Member } from "./member.js";
import { sharedTexts } from "./shared-texts.js";
import { type Row, rowsOf } from "./sheet.js";
import { dateStyles } from "./styles.js";
import { type Sheet, sheetsOf } from "./workbook-parts.js";
import { Writer } from "./writer.js";

const CODE = "workbook_corrupt";
const DAMAGED = "the workbook is damaged";

/** Opens an Excel workbook (.xlsx): one of its sheets is the table. The rest of it is not read. */
export async function* openWorkbook(
  members: Member[],
  file: Held,
  { sheet: wanted }: ContainerOptions,
): AsyncGenerator<Part, void> {
  let found: Found;
  try {
    const { sheets, is1904, texts, styles } = await sheetsOf(members);
    const sheet = wanted === undefined ? await onlySheet(sheets) : named(sheets, wanted);
    const known = {
      is1904,
      texts: texts ? await sharedTexts(texts) : [],
      dates: styles ? await dateStyles(styles) : [],
    };
    found = { sheet, known };
  } catch (error) {
    throw damage(file, CODE, DAMAGED, error);
  }
  const { sheet, known } = found;
  const texts = () => asTable(rowsOf(sheet.member, known));
  yield { name: sheet.name, format: "csv", pieces: reading(file, CODE, DAMAGED, texts) };
}

interface Found {
  sheet: Sheet;
  known: Parameters<typeof rowsOf>[1];
}

function named(sheets: Sheet[], wanted: string): Sheet {
  const sheet =
    sheets.find(({ name }) => name === wanted) ??
    sheets.find(({ name }) => name.trim().toLowerCase() === wanted.trim().toLowerCase());
  if (sheet) return sheet;
  throw new InputError(
    "sheet_missing",
    `the workbook has no sheet ${JSON.stringify(wanted)}, but ${listed(sheets.map(({ name }) => JSON.stringify(name)))}`,
  );
}

/** Returns the only visible sheet with cells. */
async function onlySheet(sheets: Sheet[]): Promise<Sheet> {
  const visible = sheets.filter(({ isHidden }) => !isHidden);
  const full: Sheet[] = [];
  for (const sheet of visible) if (await hasCells(sheet)) full.push(sheet);
  if (full.length > 1) {
    const names = listed(full.map(({ name }) => JSON.stringify(name)));
    throw new InputError(
      "sheet_not_named",
      `the workbook has ${full.length} sheets with cells, ${names}: name the one to read with the option sheet (--sheet)`,
    );
  }
  const sheet = full[0] ?? visible[0] ?? sheets[0];
  if (!sheet) throw new InputError("sheet_missing", "the workbook has no sheet with cells");
  return sheet;
}

async function hasCells({ member }: Sheet): Promise<boolean> {
  for await (const _ of rowsOf(member, { is1904: false, texts: undefined, dates: [] })) return true;
  return false;
}

/**
 * Writes rows as CSV, as a spreadsheet saves them: an empty row is an empty line, so that a line is the row of its number,
 * and all rows are as wide as the first.
 */
async function* asTable(rows: AsyncIterable<Row>): AsyncGenerator<string, void> {
  const writer = new Writer();
  let [line, width] = [1, 0];
  for await (const { number, cells } of rows) {
    for (; line < number; line += 1) {
      writer.write("\n");
      if (writer.isFull) yield writer.take();
    }
    line += 1;
    width = Math.max(width, cells.length);
    writer.write(`${Array.from({ length: width }, (_, at) => csvCell(cells[at] ?? "")).join(",")}\n`);
    if (writer.isFull) yield writer.take();
  }
  yield writer.take();
}
