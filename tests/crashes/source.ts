import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Random } from "../agreement/random.ts";

export const KINDS = ["ndjson", "json", "csv", "gzip", "stdin"] as const;
export type Kind = (typeof KINDS)[number];

/** An input, and which of its events the check refuses. */
export interface Source {
  kind: Kind;
  /** The arguments for the command. */
  name: string;
  /** The content of standard input. */
  input: string | undefined;
  events: number;
  /** The keys of the events that are sent, by their index in the input. */
  keys: (string | undefined)[];
}

const NOW = Date.now();

/** Makes an input with events that are clean, repaired and refused, each with a key of its own. */
export function makeSource(kind: Kind, events: number, folder: string, random: Random): Source {
  const keys: (string | undefined)[] = [];
  const rows = Array.from({ length: events }, (_, at) => {
    const refused = random.chance(0.03);
    keys.push(refused ? undefined : `user-${at}`);
    const seconds = random.chance(0.1);
    return {
      eventTypeId: "page_load",
      trafficTypeName: "user",
      key: refused ? "" : `user-${at}`,
      timestamp: seconds ? Math.floor(NOW / 1000) - 60 : NOW - 60_000,
      value: at,
    };
  });
  const ndjson = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const csv = ["eventTypeId,trafficTypeName,key,timestamp,value", ...rows.map((row) => Object.values(row).join(","))];
  const [file, content] = {
    ndjson: ["events.ndjson", ndjson],
    json: ["events.json", JSON.stringify(rows, null, 1)],
    csv: ["events.csv", csv.join("\n")],
    gzip: ["events.ndjson.gz", gzipSync(ndjson)],
    stdin: ["-", ""],
  }[kind] as [string, string | Uint8Array];
  const name = kind === "stdin" ? "-" : join(folder, file);
  if (kind !== "stdin") writeFileSync(name, content);
  return { kind, name, input: kind === "stdin" ? ndjson : undefined, events, keys };
}
