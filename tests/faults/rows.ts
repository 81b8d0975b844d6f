import type { State } from "split-events";
import type { Fault } from "split-events-sandbox";
import type { Job } from "./job.ts";
import type { PlaceName } from "./places/place.ts";

/** The batch that the fault happens to, or all. */
export type Where = "first" | "middle" | "last" | "all";

/** How an import is sent. */
export interface Setting {
  batches: number;
  /** The number of the batch that the fault happens to, from 0. */
  hit: number;
  concurrency: number;
  /** Whether the runtime's errors can prove that nothing was sent. */
  proves: boolean;
  place: PlaceName;
}

/** The states in which the events of a batch may end; several if that depends on what was in flight. */
type Ends = (batch: number, setting: Setting) => readonly State[];

/** A fault, and how the batches must end by docs/DELIVERY.md. */
export interface Row {
  name: string;
  where?: readonly Where[];
  /** Returns the faults of the sandbox for bodies that contain this text. */
  faults?: (contains: string) => Fault[];
  /** Where the batch goes instead of to the sandbox. */
  detour?: { to: "closed port" | "unknown host"; times?: number };
  /** Whether it breaks a connection. Browsers and Deno send again if that connection was used before. */
  kills?: true;
  ends: Ends;
  options?: Partial<Job["options"]>;
  batches?: number;
  postsMax?: number;
}

const accepted: Ends = () => ["accepted"];

/** The batch with the fault ends in one of these states, and the others are accepted. */
const only =
  (...states: State[]): Ends =>
  (batch, { hit }) =>
    batch === hit ? states : ["accepted"];

/** The batch with the fault ends in one of these states, and no further request begins. */
const stops =
  (...states: State[]): Ends =>
  (batch, { hit, concurrency }) => {
    if (batch === hit) return states;
    if (batch < hit) return ["accepted"];
    return hit === 0 || concurrency === 1 ? ["unsent"] : ["accepted", "unsent"];
  };

/** As `stops`, but others may be sent while the batch waits. */
const mayStop =
  (...states: State[]): Ends =>
  (batch, { hit }) => {
    if (batch === hit) return states;
    return batch < hit ? ["accepted"] : ["accepted", "unsent"];
  };

/** Three batches in a row end in `state`, and nothing more is sent. */
const three =
  (state: State): Ends =>
  (batch) =>
    batch < 3 ? [state] : ["unsent"];

const proven =
  (yes: Ends, no: Ends): Ends =>
  (batch, setting) =>
    setting.proves ? yes(batch, setting) : no(batch, setting);

const EACH = ["first", "middle", "last"] as const;
const ALL = ["all"] as const;
const TIMEOUT = 1_500;

/** A size in bytes that holds a few events of a batch. */
const LIMIT = 600;

/** Make a fault happen to every body that contains this text, or only to the first. */
const always = (fault: Fault) => (contains: string) => [{ ...fault, contains }];
const once = (fault: Fault) => (contains: string) => [{ ...fault, contains, times: 1 }];

const SECONDS = { "retry-after": "1" };
const PAGE = { "content-type": "text/html; charset=utf-8" };
const JSON_TYPE = { "content-type": "application/json" };
/** A JSON body that reports an error, as long as what is read of it or longer. */
const error = (length = 0) => JSON.stringify({ error: "no such key", more: "x".repeat(length) });

/** The statuses about the request or the account, whatever its events. */
const OF_ALL = [301, 308, 402, 404, 405, 406, 410, 411, 415, 421, 426, 431, 451];

/** The others are answered late, so that some always wait for their turn when the pause begins. */
const pauses = (fault: Fault): Pick<Row, "faults" | "batches" | "ends"> => ({
  faults: (contains) => [...once(fault)(contains), { do: "delay", ms: 60 }],
  batches: 12,
  ends: accepted,
});

/** All faults. A new one is a row. */
export const rows: readonly Row[] = [
  { name: "503", faults: always({ do: "status", status: 503 }), ends: stops("unsent") },
  { name: "503, then 200", faults: once({ do: "status", status: 503 }), ends: accepted },
  { name: "503, Retry-After in seconds", ...pauses({ do: "status", status: 503, headers: SECONDS }) },
  { name: "429, Retry-After in seconds", ...pauses({ do: "status", status: 429, headers: SECONDS }) },
  { name: "429, Retry-After as a date", ...pauses({ do: "status", status: 429, retryAfterDate: 1 }) },
  {
    name: "429, Retry-After, slow body",
    ...pauses({ do: "slowBody", status: 429, headers: SECONDS, size: 20, interval: 20 }),
  },
  { name: "taken, then cut", faults: once({ do: "reset", take: true }), kills: true, ends: only("unknown") },
  { name: "taken, then closed", faults: once({ do: "close", take: true }), kills: true, ends: only("unknown") },
  { name: "not taken, then cut", faults: once({ do: "reset" }), kills: true, ends: only("unknown") },
  { name: "taken, then 500", faults: once({ do: "status", status: 500, take: true }), ends: only("unknown") },
  { name: "413 over a size", faults: always({ bytesOver: LIMIT, do: "status", status: 413 }), ends: accepted },
  { name: "413 always", faults: always({ do: "status", status: 413 }), ends: only("refused") },
  { name: "403", faults: always({ do: "status", status: 403 }), ends: stops("refused") },
  { name: "401", faults: always({ do: "status", status: 401 }), ends: stops("refused") },
  { name: "302", faults: always({ do: "redirect" }), ends: stops("refused") },
  ...OF_ALL.map((status): Row => {
    return { name: `${status}`, faults: always({ do: "status", status }), ends: stops("refused") };
  }),
  {
    // Node's fetch fails with an error without a message, a browser's like any other failure
    name: "407",
    faults: always({ do: "status", status: 407 }),
    ends: (batch, setting) => {
      if (setting.place === "chromium") return only("unknown")(batch, setting);
      return stops(setting.place.startsWith("node") ? "unsent" : "refused")(batch, setting);
    },
  },
  { name: "422", faults: always({ do: "status", status: 422 }), ends: only("refused") },
  {
    name: "422 for everything",
    where: ALL,
    faults: always({ do: "status", status: 422 }),
    postsMax: 3,
    ends: three("refused"),
  },
  {
    name: "200 with a web page",
    faults: always({ do: "status", status: 200, headers: PAGE, body: "<title>Log in</title>", take: false }),
    ends: stops("unknown"),
  },
  {
    name: "taken, 200 with an error as JSON",
    faults: always({ do: "status", status: 200, headers: JSON_TYPE, body: error() }),
    ends: stops("unknown"),
  },
  {
    name: "200 with JSON and no error",
    faults: always({ do: "status", status: 200, headers: JSON_TYPE, body: '{"errors":[],"error":null}' }),
    ends: accepted,
  },
  {
    name: "200 with an error as JSON that is too long",
    faults: always({ do: "status", status: 200, headers: JSON_TYPE, body: error(20_000) }),
    ends: accepted,
  },
  {
    name: "200 with JSON that is late",
    faults: once({ do: "slowBody", status: 200, headers: JSON_TYPE, size: 1_000, interval: 20 }),
    ends: accepted,
  },
  {
    name: "200 with JSON that breaks",
    faults: once({ do: "halfResponse", status: 200, headers: JSON_TYPE }),
    ends: accepted,
  },
  {
    name: "202 with a page",
    faults: always({ do: "status", status: 202, headers: PAGE, body: "<title>Thanks</title>" }),
    ends: accepted,
  },
  {
    name: "200 with a web page, which statuses calls accepted",
    faults: always({ do: "status", status: 200, headers: PAGE, body: "<title>Thanks</title>" }),
    options: { statuses: { 200: "accepted" } },
    ends: accepted,
  },
  {
    name: "429, Retry-After twice",
    ...pauses({ do: "status", status: 429, headers: { "retry-after": "0, 1" } }),
  },
  {
    name: "429, Retry-After as a fraction",
    ...pauses({ do: "status", status: 429, headers: { "retry-after": "0.6" } }),
  },
  {
    name: "429, Retry-After longer than the cap",
    ...pauses({ do: "status", status: 429, headers: { "retry-after": "86400" } }),
    options: { pauseCapMs: 600 },
  },
  { name: "hang", faults: once({ do: "hang" }), options: { timeoutMs: TIMEOUT }, ends: only("unknown") },
  { name: "slow body", faults: once({ do: "slowBody", size: 40, interval: 20 }), ends: accepted },
  { name: "half a response, 202", faults: once({ do: "halfResponse" }), ends: accepted },
  {
    name: "half a response, 500",
    faults: once({ do: "halfResponse", status: 500, take: true }),
    ends: only("unknown"),
  },
  { name: "garbage 202", faults: once({ do: "garbage" }), ends: accepted },
  { name: "connection refused", detour: { to: "closed port" }, ends: proven(mayStop("unsent"), only("unknown")) },
  {
    name: "connection refused, then not",
    detour: { to: "closed port", times: 1 },
    ends: proven(accepted, only("unknown")),
  },
  { name: "unknown host", detour: { to: "unknown host" }, ends: proven(mayStop("unsent"), only("unknown")) },
  { name: "503 for everything", where: ALL, faults: always({ do: "status", status: 503 }), ends: () => ["unsent"] },
  {
    name: "413 for everything",
    where: ALL,
    faults: always({ do: "status", status: 413 }),
    batches: 60,
    postsMax: 60,
    ends: () => ["refused", "unsent"],
  },
  {
    name: "everything taken, then cut",
    where: ALL,
    faults: always({ do: "reset", take: true }),
    kills: true,
    postsMax: 3,
    ends: three("unknown"),
  },
  {
    name: "nothing is answered",
    where: ALL,
    faults: always({ do: "hang" }),
    options: { timeoutMs: TIMEOUT },
    postsMax: 3,
    ends: three("unknown"),
  },
  {
    name: "nobody listens",
    where: ALL,
    detour: { to: "closed port" },
    postsMax: 0,
    ends: proven(() => ["unsent"], three("unknown")),
  },
];

/** A row, with the number of the batch that the fault happens to. */
export interface Cell {
  name: string;
  row: Row;
  where: Where;
  concurrency: number;
}

export function cells(concurrency: number): Cell[] {
  return rows.flatMap((row) =>
    (row.where ?? EACH).map((where) => ({ name: `${row.name}, ${where} batch`, row, where, concurrency })),
  );
}
