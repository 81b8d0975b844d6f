import { InputError } from "../errors/input-error.js";

/** Iterators, and streams of Node, that one of us has read or is reading. */
const begun = new WeakSet<object>();
/** What has given something. */
const gave = new WeakSet<object>();

/** Refuses a body or a stream that somebody has read, or is reading: it would look as if nothing were in it. */
export function assertUnread(input: Response | Request | ReadableStream): void {
  if (input instanceof ReadableStream) {
    if (isTouched(input)) throw alreadyRead("stream", "give each reader a branch of tee(), or open it again");
  } else if (input.bodyUsed || (input.body && isTouched(input.body))) {
    const what = input instanceof Request ? "request" : "response";
    throw alreadyRead(`${what}'s body`, `give each reader but the last a clone(), made before the first one reads`);
  }
}

/** A stream tells only whether it is being read. What was read from before is no body for a response. */
function isTouched(stream: ReadableStream): boolean {
  if (stream.locked) return true;
  try {
    new Response(stream);
    return false;
  } catch {
    return true;
  }
}

/** The same, to be read once where it has one iterator for all. */
export function once<T>(iterable: Iterable<T>): Iterable<T> {
  return { [Symbol.iterator]: () => begin(iterable[Symbol.iterator]()) };
}

/** The same for what may also be over although it has a new iterator for each reader. */
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

/** Of a stream of Node that is not over, somebody may have looked at the first bytes and put them back. */
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
