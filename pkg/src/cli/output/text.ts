import { parsedUrl } from "../../platform.js";
import { withoutOwnKey } from "../environment/key.js";

// control characters let a text command the terminal, and bidirectional marks let it look like another text
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const NAMED: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Makes a text from outside safe to show: on one line, with every hidden character spelled out. */
export function visible(text: string): string {
  return text.replace(HIDDEN, (character) => NAMED[character] ?? escaped(character));
}

/** Writes one line of JSON without characters that a terminal obeys. Every parser reads the same value. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value).replace(HIDDEN, escaped)}\n`;
}

/** Returns a file's name as it was given, and `standard input` for `-`. */
export function fileName(name: string): string {
  if (name === "-") return "standard input";
  return name === "" ? '""' : visible(name);
}

/** Returns a URL without its secrets: user, password, query, fragment, and the key anywhere in it. */
export function publicUrl(url: string): string {
  const parsed = parsedUrl(url);
  return parsed ? visible(withoutOwnKey(parsed.origin + parsed.pathname)) : "the endpoint";
}

/** Quotes a word for a shell. */
export function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${visible(text).replaceAll("'", "'\\''")}'`;
}
