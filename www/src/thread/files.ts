import { Sources } from "split-events";

/** How far files were read. */
export interface Reach {
  /** The number of the file, from 0. */
  file: number;
  /** The bytes that were read of all files. */
  bytes: number;
  totalBytes: number;
}

/** Makes one input of the files. Each is read as a stream when its turn comes. */
export function sourcesOf(files: readonly File[]): Sources {
  return new Sources(files.map((file) => ({ name: file.name, input: file })));
}

/** Makes one input of the files that says how far it was read, and that the signal ends. */
export function watchedSources(files: readonly File[], onReach: (reach: Reach) => void, signal: AbortSignal): Sources {
  const totalBytes = sizeOf(files);
  let bytes = 0;
  function* list() {
    for (const [at, file] of files.entries()) {
      onReach({ file: at, bytes, totalBytes });
      const onBytes = (more: number) => {
        signal.throwIfAborted();
        bytes += more;
        onReach({ file: at, bytes, totalBytes });
      };
      yield { name: file.name, input: watched(file, onBytes) };
    }
  }
  return new Sources(list());
}

export function sizeOf(files: readonly File[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** Returns the file as one whose stream and slices tell of the bytes that are read. */
function watched(file: File, onBytes: (bytes: number) => void): File {
  const view = new Proxy(file, {
    get(target, name) {
      if (name === "stream") return () => watchedStream(target.stream(), onBytes);
      if (name === "slice") {
        return (...span: Parameters<Blob["slice"]>) => {
          const part = target.slice(...span);
          onBytes(part.size);
          return part;
        };
      }
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return view;
}

/** Returns a stream of bytes that reads into its reader's own buffer, as that of a file does. */
function watchedStream(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  onBytes: (bytes: number) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader({ mode: "byob" });
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      const view = controller.byobRequest?.view as Uint8Array<ArrayBuffer>;
      const { done, value } = await reader.read(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
      if (done) {
        controller.close();
        return controller.byobRequest?.respondWithNewView(value ?? view.subarray(0, 0));
      }
      onBytes(value.byteLength);
      controller.byobRequest?.respondWithNewView(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
