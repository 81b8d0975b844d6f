import { type Piece, piecesOf } from "./input/bytes.js";
import { gunzipped } from "./input/gzip.js";
import { type ObjectItem, objectItems, objectsOf } from "./input/objects.js";
import { streamOf } from "./input/streams.js";
import { Sources } from "./sources.js";
import type { Format, Input, Source } from "./types.js";

/** What the module takes: bytes and text, and marks between them. */
export type Item =
  | Piece
  | { type: "begin"; name?: string; format?: Format; live?: boolean }
  | { type: "beginObjects" }
  | ObjectItem
  | { type: "end" };

/** An input as the module takes it. */
export async function* items(input: Input, format: Format | undefined): AsyncGenerator<Item, void> {
  if (!(input instanceof Sources)) return yield* source(input, { format });
  for await (const { name, input: one, format: own, live } of input.list) {
    yield* source(one, { name, format: own ?? format, live });
  }
}

type Named = { [Name in "name" | "format" | "live"]?: Source[Name] | undefined };

async function* source(input: Input, { name, format, live }: Named): AsyncGenerator<Item, void> {
  const named = name ?? (typeof File !== "undefined" && input instanceof File ? input.name : undefined);
  const pieces = piecesOf(input);
  const stream = pieces ? only(input) : streamOf(input);
  if (stream === undefined) {
    const objects = objectsOf(input);
    yield { type: "beginObjects" };
    yield* objectItems(objects);
    return yield { type: "end" };
  }
  yield* runs(stream, {
    type: "begin",
    ...(named !== undefined && { name: named }),
    ...(format !== undefined && { format }),
    live: live ?? !(pieces !== undefined || input instanceof Blob),
  });
}

async function* only(input: unknown): AsyncGenerator<unknown, void> {
  yield input;
}

/** A stream of bytes and text, of objects, or of one after the other: each run of a kind is a source. */
async function* runs(stream: AsyncIterable<unknown>, begin: Item): AsyncGenerator<Item, void> {
  const chunks = stream[Symbol.asyncIterator]();
  let ended = false;
  const advance = async () => {
    ended = true; // an iterator that throws is over
    const next = await chunks.next();
    ended = next.done === true;
    return next;
  };
  try {
    let next = await advance();
    if (next.done) yield* [begin, { type: "end" } as const];
    while (!next.done) {
      if (piecesOf(next.value)) {
        yield begin;
        yield* gunzipped(
          (async function* () {
            for (; !next.done; next = await advance()) {
              const pieces = piecesOf(next.value);
              if (pieces === undefined) return;
              yield* pieces;
            }
          })(),
        );
      } else {
        yield { type: "beginObjects" };
        for (; !next.done && !piecesOf(next.value); next = await advance()) yield* objectItems(objectsOf(next.value));
      }
      yield { type: "end" };
    }
  } finally {
    if (!ended) await chunks.return?.();
  }
}
