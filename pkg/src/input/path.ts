import { InputError } from "../errors/input-error.js";

/** The most characters of a path. */
const MOST = 1024;
const ADDRESS = /^(?:https?|blob):/i;
const ROOTED = /^(?:file:|[a-z]:[\\/]|(?:~|\.{1,2})?[\\/](?![/*\s]))/i;
const FILE = /\.(?:csv|tsv|tab|txt|log|json|jsonl|ndjson|gz|gzip|tgz|zip|zst|bz2|xz|br|xlsx?|ods|parquet|avro)$/i;
/** What separates the names of a header row. */
const SEPARATOR = /[,;|\t]/;

/**
 * Refuses the name of a file or an address, which is given instead of its content. No text of an event looks like one.
 *
 * @throws InputError with the code `path_given`.
 */
export function assertNoPath(input: unknown): void {
  const isUrl = input instanceof URL;
  const text = isUrl ? input.href : input;
  if (typeof text !== "string" || (!isUrl && text.length > MOST)) return;
  const line = text.trim();
  if (isPath(line)) {
    const ways =
      "await openAsBlob(path) of fs in Node, Bun.file(path) in Bun, (await Deno.open(path)).readable in Deno";
    throw pathGiven("the path of a file", `open it, and give what is in it: ${ways}`);
  }
  if (isUrl || (ADDRESS.test(line) && !/\s/.test(line))) {
    throw pathGiven("an address", "fetch it, and give the response: check(await fetch(address))");
  }
}

function isPath(line: string): boolean {
  if (/^[{["]|[\r\n]/.test(line) || ADDRESS.test(line)) return false;
  return ROOTED.test(line) ? FILE.test(line) || !SEPARATOR.test(line) : FILE.test(line) && !SEPARATOR.test(line);
}

function pathGiven(what: string, instead: string): InputError {
  return new InputError("path_given", `this is ${what}, not events; ${instead}`);
}
