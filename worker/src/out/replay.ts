import { Batcher, type CheckOptions } from "split-events";

const BATCH_BYTES = 120_000;
const EVENT = '],"event":';
const decoder = new TextDecoder();
const encoder = new TextEncoder();

export interface Replayed {
  batches: { events: number; body: Uint8Array }[];
  /** What is refused still, with its reasons of now. */
  refused: { events: number; body: Uint8Array };
}

/** Checks the events of a dead letter again, by the rules of now. */
export function recheck(letter: Uint8Array, check: CheckOptions): Replayed {
  const lines = decoder.decode(letter).split("\n").filter(Boolean);
  const texts: string[] = [];
  const broken: string[] = [];
  for (const line of lines) {
    // a quote inside a text has a backslash before it, so this stands once
    const at = line.indexOf(EVENT);
    if (at < 0) broken.push(line);
    else texts.push(line.slice(at + EVENT.length, -1));
  }
  const batcher = new Batcher({ ...check, format: "ndjson", maxBytes: BATCH_BYTES, keepRefused: true });
  try {
    const batches = [...batcher.push(encoder.encode(texts.map((text) => `${text}\n`).join(""))), ...batcher.finish()];
    const again = decoder.decode(batcher.takeRefused());
    return {
      batches: batches.map(({ events, body }) => ({ events, body })),
      refused: {
        events: batcher.report.refused + broken.length,
        body: encoder.encode(broken.map((line) => `${line}\n`).join("") + again),
      },
    };
  } finally {
    batcher.free();
  }
}
