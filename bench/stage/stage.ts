import type { Input } from "../cases/cases.ts";
import { pipelines } from "../pipelines/all.ts";
import { BATCH, type Name, type Ready } from "../pipelines/pipeline.ts";
import { agree } from "./agree.ts";

/** Keeps one input and runs the pipelines on it, in any runtime. */
export class Stage {
  #ready: Ready | undefined;
  #length = new Map<Name, number>();

  load({ bytes, form, chunk, expected }: Input): void {
    this.#length.clear();
    this.#ready =
      form === "objects"
        ? { bytes: new Uint8Array(), chunks: [], batches: objects(bytes), form, expected }
        : { bytes, chunks: pieces(bytes, chunk || bytes.length), batches: [], form, expected };
  }

  drop(): void {
    this.#ready = undefined;
  }

  /** Throws if the pipelines have different results. */
  agree(): void {
    agree(this.#loaded());
  }

  /** Runs a pipeline once and drops the result. Throws if it has another size than in the runs before. */
  run(name: Name): void {
    let length = 0;
    pipelines[name](this.#loaded(), (body) => {
      length += body.length;
    });
    const before = this.#length.get(name) ?? length;
    this.#length.set(name, length);
    if (length !== before) throw new Error(`${name}: ${length} out, in an earlier run ${before}`);
  }

  #loaded(): Ready {
    if (!this.#ready) throw new Error("no input is loaded");
    return this.#ready;
  }
}

function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}

function objects(bytes: Uint8Array): unknown[][] {
  const lines = new TextDecoder().decode(bytes).trimEnd().split("\n");
  return Array.from({ length: Math.ceil(lines.length / BATCH) }, (_, at) =>
    lines.slice(at * BATCH, (at + 1) * BATCH).map((line) => JSON.parse(line) as unknown),
  );
}
