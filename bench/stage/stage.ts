import type { Input, Peer } from "../cases/case.ts";
import { BATCH, type Name, type Pipelines, type Ready } from "../pipelines/pipeline.ts";

type Agree = (ready: Ready, peers: readonly Peer[]) => void;

/** Keeps one input and runs the pipelines on it, in any runtime. */
export class Stage {
  #ready: Ready | undefined;
  #length = new Map<Name, number>();
  #pipelines: Pipelines;
  #agree: Agree;

  constructor(pipelines: Pipelines, agree: Agree) {
    this.#pipelines = pipelines;
    this.#agree = agree;
  }

  load(input: Input): void {
    this.#length.clear();
    this.#ready = ready(input);
  }

  drop(): void {
    this.#ready = undefined;
  }

  /** Throws if the pipelines have different results. `peers` are those of the case, or none. */
  agree(peers: readonly Peer[] = []): void {
    this.#agree(this.#loaded(), peers);
  }

  /** Runs a pipeline once and drops the result. Throws if it has another size than in the runs before. */
  run(name: Name): void {
    const pipeline = this.#pipelines[name];
    if (!pipeline) throw new Error(`${name} does not run here`);
    let length = 0;
    pipeline(this.#loaded(), (body) => {
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

function ready({ bytes, form, chunk, expected, options, sample, judged, beside }: Input): Ready {
  const rest = { form, expected, options, sample, judged, beside: beside && ready(beside) };
  return form === "objects"
    ? { ...rest, bytes: new Uint8Array(), chunks: [], batches: objects(bytes) }
    : { ...rest, bytes, chunks: pieces(bytes, chunk || bytes.length), batches: [] };
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
