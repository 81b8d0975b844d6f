import { InputError } from "../errors/input-error.js";
import type { OptionsOf } from "../options/table.js";
import { isBlob, isFile } from "../platform.js";
import { piecesOf } from "./bytes.js";
import type { Begin, Item } from "./item.js";
import { objectItems, objectsOf } from "./objects.js";
import { ofSource } from "./of-source.js";
import { once, onceAsync } from "./once.js";
import { type Opening, opened } from "./opened.js";
import { assertNoPath } from "./path.js";
import { seekableOf } from "./seekable.js";
import type { Input, Source } from "./sources.js";
import { assertSource, sourcesOf } from "./sources.js";
import { streamOf } from "./streams.js";
import { Texts } from "./texts.js";

type Reading = Pick<OptionsOf<"Sources">, "format" | "lines" | "sheet">;

/** Yields an input as the module reads it. */
export async function* items(input: Input, options: Reading | null | undefined): AsyncGenerator<Item, void> {
  const { format, lines, sheet } = options ?? {};
  const sources = sourcesOf(input);
  if (sources === undefined) return yield* source(input, { format, lines, sheet });
  const list = Symbol.asyncIterator in sources ? onceAsync(sources) : listOf(sources);
  for await (const each of list) {
    const { name, input: one, live } = each;
    try {
      assertSource(each);
      const own = { format: each.format ?? format, lines: each.lines ?? lines, sheet: each.sheet ?? sheet };
      yield* source(one, { ...own, name, live });
    } catch (error) {
      throw typeof name === "string" && error instanceof InputError ? ofSource(name, error) : error;
    }
  }
}

function listOf<T>(list: Iterable<T>): Iterable<T> {
  return Array.isArray(list) ? list : once(list);
}

type Named = { [Name in "name" | "format" | "lines" | "sheet" | "live"]?: Source[Name] | undefined };

async function* source(input: Input, { name, format, lines, sheet, live }: Named): AsyncGenerator<Item, void> {
  assertNoPath(input);
  const named = name ?? (isFile(input) ? input.name : undefined);
  const pieces = piecesOf(input);
  const found = pieces ? only(input) : (streamOf(input) ?? textsOrObjects(objectsOf(input)));
  if (!(Symbol.asyncIterator in found)) {
    yield { type: "beginObjects" };
    yield* objectItems(found);
    return yield { type: "end" };
  }
  const begin: Begin = {
    type: "begin",
    ...(named !== undefined && { name: named }),
    ...(format !== undefined && { format }),
    live: live ?? !(pieces !== undefined || isBlob(input)),
  };
  // a text that is the whole input is not one line of many
  yield* runs(found, { begin, sheet, file: seekableOf(input) }, () => new Texts(format, lines === true && !pieces));
}

async function* only(input: unknown): AsyncGenerator<unknown, void> {
  yield input;
}

/** Returns a stream if the first item is bytes or text. An array holds events, whatever its items are. */
function textsOrObjects(objects: Iterable<unknown>): Iterable<unknown> | AsyncIterable<unknown> {
  if (Array.isArray(objects)) return objects;
  const iterator = objects[Symbol.iterator]();
  const first = iterator.next();
  const all = from(first, iterator);
  if (first.done || !piecesOf(first.value)) return all;
  return (async function* () {
    yield* all;
  })();
}

function* from<T>(first: IteratorResult<T>, rest: Iterator<T>): Generator<T, void> {
  let next = first;
  try {
    for (; !next.done; next = rest.next()) yield next.value;
  } finally {
    if (!next.done) rest.return?.();
  }
}

/** Reads a stream of bytes and text, or of objects. Each run of neighbours of one kind is a source. */
async function* runs(
  stream: AsyncIterable<unknown>,
  opening: Opening,
  newTexts: () => Texts,
): AsyncGenerator<Item, void> {
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
    if (next.done) yield* [opening.begin, { type: "end" } as const];
    while (!next.done) {
      if (piecesOf(next.value)) {
        const isRead = yield* opened(
          (async function* () {
            const texts = newTexts();
            for (; !next.done; next = await advance()) {
              if (typeof next.value === "string") {
                yield* texts.take(next.value);
                continue;
              }
              const pieces = piecesOf(next.value);
              if (pieces === undefined) break;
              yield* texts.release();
              yield* pieces;
            }
            yield* texts.end();
          })(),
          opening,
        );
        if (isRead) return;
      } else {
        yield { type: "beginObjects" };
        for (; !next.done && !piecesOf(next.value); next = await advance()) yield* objectItems(objectsOf(next.value));
        yield { type: "end" };
      }
    }
  } finally {
    if (!ended) await chunks.return?.();
  }
}
