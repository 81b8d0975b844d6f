import type { SchemaElement } from "hyparquet/src/index.js";
import { decimalText, floatText, halfOf, unsigned, wholeOf } from "./numbers.js";
import { dayText, spanText, timeOfDayText, timeText, type Unit } from "./times.js";

/** What writes the values of a column. None of them is null. */
export interface Texts {
  /** Returns the value as JSON. */
  json(value: unknown): string;
  /** Returns the value as the text of a cell. */
  text(value: unknown): string;
}

const DIGITS = { MILLIS: 3, MICROS: 6, NANOS: 9 } as const satisfies Record<string, Unit>;

/** Returns what writes the raw values of a column, so that no digit of them is lost. */
export function textsOf(element: SchemaElement): Texts {
  const { type, converted_type: converted, logical_type: logical } = element;
  const kind = logical?.type ?? converted;
  if (kind === "DECIMAL") {
    const scale = (logical?.type === "DECIMAL" ? logical.scale : element.scale) ?? 0;
    return number((value) => decimalText(wholeOf(value), scale));
  }
  if (logical?.type === "TIMESTAMP") {
    const { unit, isAdjustedToUTC } = logical;
    return quoted((value) => timeText(wholeOf(value), DIGITS[unit], isAdjustedToUTC));
  }
  if (logical?.type === "TIME") {
    const { unit } = logical;
    return quoted((value) => timeOfDayText(wholeOf(value), DIGITS[unit]));
  }
  switch (kind) {
    case "TIMESTAMP_MILLIS":
      return quoted((value) => timeText(wholeOf(value), 3, true));
    case "TIMESTAMP_MICROS":
      return quoted((value) => timeText(wholeOf(value), 6, true));
    case "TIME_MILLIS":
      return quoted((value) => timeOfDayText(wholeOf(value), 3));
    case "TIME_MICROS":
      return quoted((value) => timeOfDayText(wholeOf(value), 6));
    case "DATE":
      return quoted((value) => dayText(Number(value)));
    case "INTERVAL":
      return quoted((value) => spanText(value as Uint8Array));
    case "UUID":
      return quoted((value) => uuidText(value as Uint8Array));
    case "FLOAT16":
      return number((value) => floatText(halfOf(value as Uint8Array)));
    case "JSON":
      return { json: (value) => jsonOf(stringOf(value)), text: stringOf };
    case "UTF8":
    case "STRING":
    case "ENUM":
      return quoted(stringOf);
    case "BSON":
    case "GEOMETRY":
    case "GEOGRAPHY":
      return quoted((value) => base64(value as Uint8Array));
  }
  const isUnsigned = /^UINT_/.test(converted ?? "") || (logical?.type === "INTEGER" && !logical.isSigned);
  switch (type) {
    case "BOOLEAN":
      return { json: String, text: String };
    case "INT32":
      return number((value) => String(isUnsigned ? unsigned(value as number) : value));
    case "INT64":
      return number((value) => String(isUnsigned ? BigInt.asUintN(64, value as bigint) : value));
    // Impala and Spark write such times; what zone they are in is not told
    case "INT96":
      return quoted((value) => timeText(value as bigint, 9, false));
    case "FLOAT":
      return number((value) => floatText(value as number));
    case "DOUBLE":
      return number((value) => String(value));
    default:
      return quoted((value) => textOrBase64(value as Uint8Array));
  }
}

function quoted(text: (value: unknown) => string): Texts {
  return { json: (value) => JSON.stringify(text(value)), text };
}

/** JSON has no NaN and no infinities: they are texts there. */
function number(text: (value: unknown) => string): Texts {
  const json = (value: unknown) => {
    const written = text(value);
    return /^-?\d/.test(written) ? written : JSON.stringify(written);
  };
  return { json, text };
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function stringOf(value: unknown): string {
  if (typeof value === "string") return value;
  const bytes = value as Uint8Array;
  try {
    return strict.decode(bytes);
  } catch {
    return withWrongBytes(bytes);
  }
}

/** Writes each byte that is not ASCII as half of a surrogate pair, so that the check refuses the row and says why. */
function withWrongBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)).join("");
}

function textOrBase64(bytes: Uint8Array): string {
  try {
    const text = strict.decode(bytes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they tell binary values from texts
    return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? base64(bytes) : text;
  } catch {
    return base64(bytes);
  }
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** Returns JSON on one line; a text that is not JSON as a string of it. */
function jsonOf(text: string): string {
  try {
    JSON.parse(text);
    return text.replaceAll(/[\r\n]/g, " ");
  } catch {
    return JSON.stringify(text);
  }
}

function uuidText(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
