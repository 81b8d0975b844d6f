import { countLines, wholeLines } from "../lines.js";
import type { Part } from "../part.js";
import { createLetterTables, readBody, takeOldLetters, writeBody } from "./letter-tables.js";
import { codesIn, linesOf } from "./refused-line.js";

/** Why a part came out of the dead queue as a letter. It is counted beside the codes of the events, and is in no line. */
export const BURIED_WHY = ["outbox_full", "outbox_failed", "message_unreadable"] as const;
export type BuriedWhy = (typeof BURIED_WHY)[number];

/** What a letter holds: events that the check refused, or a batch or message that came out of the dead queue. */
export type LetterKind = "refused" | "batch" | "message";

/** A part that becomes a letter instead of a batch, with the reason. */
export interface Buried {
  part: Omit<Part, "kind">;
  kind: LetterKind;
  why: BuriedWhy;
}

export interface DeadLetter {
  /** Grows with each new letter. */
  number: number;
  id: string;
  kind: LetterKind;
  /** The client's name; empty if it is not known. */
  client: string;
  /** When its request came, Unix time in milliseconds. */
  at: number;
  events: number;
  bytes: number;
  /** The reasons, with the number of events for each. */
  codes: Record<string, number>;
  /** The number of replays that changed it. */
  round: number;
}

/** Selects letters: of requests that came before a time, with events that were refused with a code. */
export interface LetterFilter {
  before?: number | undefined;
  code?: string | undefined;
}

/** The most bytes of refused events that are kept: of one client, and of all. */
export interface LetterBounds {
  client: number;
  all: number;
}

type Given = Pick<DeadLetter, "id" | "client" | "at" | "events">;
type Content = Pick<DeadLetter, "events" | "codes"> & { body: Uint8Array };

/** The most that one call takes on: an object has 128 MB, and its clock stands still while it works. */
const SLICE_LETTERS = 100;
const SLICE_BYTES = 4_000_000;

/** The dead letters of a shard. Call every change in one transaction with its counts. */
export class DeadLetters {
  readonly #sql: SqlStorage;
  readonly #bounds: LetterBounds;

  constructor(storage: DurableObjectStorage, bounds: LetterBounds) {
    this.#sql = storage.sql;
    this.#bounds = bounds;
    storage.transactionSync(() => {
      createLetterTables(storage.sql);
      takeOldLetters(storage.sql, ({ id, at, events }, body) => {
        this.#insert({ id, at, client: "", kind: "refused" }, { events, body, codes: codesIn(linesOf(body)) });
      });
    });
  }

  /** Adds events that the check refused, within the bounds. Returns how many it did not keep. */
  put({ id, at, client, events }: Given, body: Uint8Array): number {
    if (this.has(id)) return 0;
    const kept = wholeLines(body, this.#room(client));
    const left = kept === body ? events : countLines(kept);
    if (left > 0) {
      this.#insert({ id, at, client, kind: "refused" }, { events: left, body: kept, codes: codesIn(linesOf(kept)) });
    }
    return events - left;
  }

  /** Adds what came out of the dead queue, whatever the bounds are: its sender was answered 202. */
  bury({ kind, ...given }: Given & { kind: LetterKind }, body: Uint8Array, why: BuriedWhy): void {
    if (this.has(given.id)) return;
    const codes = { ...(kind === "refused" && codesIn(linesOf(body))), [why]: Math.max(given.events, 1) };
    this.#insert({ ...given, kind }, { events: given.events, body, codes });
  }

  /** Replaces the content of a letter, which keeps its number and id. Removes the letter if the new body is empty. */
  replace(letter: DeadLetter, content: Content): void {
    this.#sql.exec("DELETE FROM letter_bodies WHERE number = ?", letter.number);
    if (content.body.length === 0) {
      this.#sql.exec("DELETE FROM letters WHERE number = ?", letter.number);
      this.#sum(letter, -1, -letter.events, -letter.bytes);
      return;
    }
    const { events, codes, body } = content;
    this.#sql.exec(
      "UPDATE letters SET events = ?, bytes = ?, codes = ?, round = round + 1 WHERE number = ?",
      ...[events, body.length, JSON.stringify(codes), letter.number],
    );
    writeBody(this.#sql, letter.number, body);
    this.#sum(letter, 0, events - letter.events, body.length - letter.bytes);
  }

  remove(letter: DeadLetter): void {
    this.replace(letter, { events: 0, codes: {}, body: new Uint8Array() });
  }

  get(id: string): DeadLetter | undefined {
    return this.#select("WHERE id = ?", id)[0];
  }

  has(id: string): boolean {
    return this.get(id) !== undefined;
  }

  body({ number }: Pick<DeadLetter, "number">): Uint8Array {
    return readBody(this.#sql, number);
  }

  /** Returns letters after a number, in their order. */
  list(limit: number, after = 0, { before, code }: LetterFilter = {}): DeadLetter[] {
    const wanted = "AND at < ? AND (? = '' OR EXISTS (SELECT 1 FROM json_each(codes) WHERE key = ?))";
    const values = [after, before ?? Number.MAX_SAFE_INTEGER, code ?? "", code ?? "", limit];
    return this.#select(`WHERE number > ? ${wanted} ORDER BY number LIMIT ?`, ...values);
  }

  /** Returns as many letters after a number as one call works on, and whether they are the last. */
  slice(after: number, filter: LetterFilter): { letters: DeadLetter[]; isLast: boolean } {
    const found = this.list(SLICE_LETTERS + 1, after, filter);
    let bytes = 0;
    const letters = found.slice(0, SLICE_LETTERS).filter((letter, index) => {
      bytes += letter.bytes;
      return index === 0 || bytes <= SLICE_BYTES;
    });
    return { letters, isLast: letters.length === found.length };
  }

  counts(): { batches: number; events: number; bytes: number } {
    const sum = (what: string) => `coalesce(sum(${what}), 0)`;
    const query = `SELECT ${sum("letters")} AS batches, ${sum("events")} AS events, ${sum("bytes")} AS bytes FROM letter_sums`;
    return this.#sql.exec(query).one() as { batches: number; events: number; bytes: number };
  }

  #insert(
    { id, kind, client, at }: Omit<Given, "events"> & { kind: LetterKind },
    { events, body, codes }: Content,
  ): void {
    const values = [id, kind, client, at, events, body.length, JSON.stringify(codes)];
    const [row] = this.#sql
      .exec(
        "INSERT INTO letters (id, kind, client, at, events, bytes, codes) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING number",
        ...values,
      )
      .toArray();
    writeBody(this.#sql, row?.number as number, body);
    this.#sum({ client, kind }, 1, events, body.length);
  }

  #sum({ client, kind }: Pick<DeadLetter, "client" | "kind">, letters: number, events: number, bytes: number): void {
    this.#sql.exec(
      `INSERT INTO letter_sums (client, kind, letters, events, bytes) VALUES (?, ?, ?, ?, ?) ON CONFLICT (client, kind)
        DO UPDATE SET letters = letters + excluded.letters, events = events + excluded.events, bytes = bytes + excluded.bytes`,
      ...[client, kind, letters, events, bytes],
    );
  }

  #room(client: string): number {
    const query =
      "SELECT coalesce(sum(bytes), 0) AS held, coalesce(sum(bytes) FILTER (WHERE client = ?), 0) AS own FROM letter_sums WHERE kind = 'refused'";
    const { held, own } = this.#sql.exec(query, client).one() as { held: number; own: number };
    return Math.max(0, Math.min(this.#bounds.client - own, this.#bounds.all - held));
  }

  #select(where: string, ...values: (string | number)[]): DeadLetter[] {
    const query = `SELECT number, id, kind, client, at, events, bytes, codes, round FROM letters ${where}`;
    const rows = this.#sql.exec(query, ...values).toArray() as unknown as (DeadLetter & { codes: string })[];
    return rows.map((row) => ({ ...row, codes: JSON.parse(row.codes as string) }));
  }
}
