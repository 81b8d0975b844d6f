import { InputError } from "../errors/input-error.js";
import { isReadableStream, isRequest } from "../platform.js";

/** Iterators, and streams of Node, that the package has read or is reading. */
const begun = new WeakSet<object>();
/** Iterables that have yielded an item. */
const gave = new WeakSet<object>();

/**
 * Refuses a body or a stream that was read or is being read: it would look empty.
 *
 * @throws InputError with the code `already_read`.
 */
export function assertUnread(input: Response | Request | ReadableStream): void {
  if (isReadableStream(input)) {
    if (isTouched(input)) throw alreadyRead("stream", "give each reader a branch of tee(), or open it again");
  } else if (input.bodyUsed || (input.body && isTouched(input.body))) {
    const what = isRequest(input) ? "request" : "response";
    throw alreadyRead(`${what}'s body`, `give each reader but the last a clone(), made before the first one reads`);
  }
}

/**
 * Returns whether a stream was ever read. A stream itself tells only whether it is being read, but a response takes
 * none that was.
 */
function isTouched(stream: ReadableStream): boolean {
  if (stream.locked) return true;
  try {
    new Response(stream);
    return false;
  } catch {
    return true;
  }
}

/** Returns the iterable, which can be read once if it has one iterator for all readers. */
export function once<T>(iterable: Iterable<T>): Iterable<T> {
  return { [Symbol.iterator]: () => begin(iterable[Symbol.iterator]()) };
}

/** Returns the iterable likewise. It may also be over although it has a new iterator for each reader. */
export function onceAsync<T>(iterable: AsyncIterable<T>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]: () => {
      if ("readableDidRead" in iterable) begin(assertNotOver(iterable));
      const iterator = begin(iterable[Symbol.asyncIterator]());
      let next = async () => {
        next = () => iterator.next();
        const first = await iterator.next();
        if (first.done && gave.has(iterable)) throw iterated();
        if (!first.done) gave.add(iterable);
        return first;
      };
      return {
        next: () => next(),
        return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
      };
    },
  };
}

function begin<I extends object>(iterator: I): I {
  if (begun.has(iterator)) throw iterated();
  begun.add(iterator);
  return iterator;
}

/**
 * Refuses a stream of Node that was read and is over. Of one that is not, the first bytes may have been read and put
 * back.
 */
function assertNotOver<S extends object>(stream: S): S {
  const { readableDidRead, readableEnded, destroyed } = stream as Record<string, unknown>;
  if (readableDidRead && (readableEnded || destroyed)) throw iterated();
  return stream;
}

function iterated(): InputError {
  return alreadyRead("source", "open it again for each reader, or keep what it gives in an array");
}

function alreadyRead(what: string, instead: string): InputError {
  return new InputError("already_read", `this ${what} was read before, and can be read only once: ${instead}`);
}
