import type { SendOptions } from "./options.js";
import type { Progress } from "./progress.js";

/** The counts of the module. */
type Counts = Omit<Progress, "totalBytes" | "eventsPerSecond" | "secondsLeft">;

/** The time over which the speed is measured, in milliseconds. */
const WINDOW = 5_000;

/** Returns the options with an `onProgress` that also gets the speed and, if the size is known, the time left. */
export function timed<Options extends SendOptions>(options: Options, totalBytes: number | undefined): Options {
  const { onProgress } = options;
  if (onProgress === undefined) return options;
  const total = options.totalBytes ?? totalBytes;
  const speed = new Speed();
  const tell = (counts: Counts) => onProgress({ ...counts, ...speed.at(counts, total) });
  return { ...options, onProgress: tell };
}

/** Measures how much is done a second. */
export class Speed {
  readonly #seen: { time: number; events: number; bytes: number }[] = [];

  /** Returns the speed at these counts. */
  at({ accepted, refused, unknown, unsent, bytes }: Counts, total: number | undefined): Partial<Progress> {
    const time = performance.now();
    const events = accepted + refused + unknown + unsent;
    const last = this.#seen.at(-1);
    if (last === undefined || time - last.time >= WINDOW / 50) this.#seen.push({ time, events, bytes });
    while (this.#seen.length > 1 && time - (this.#seen[0]?.time ?? time) > WINDOW) this.#seen.shift();
    const first = this.#seen[0];
    const seconds = first === undefined ? 0 : (time - first.time) / 1000;
    const told: Partial<Progress> = total === undefined ? {} : { totalBytes: total };
    if (first === undefined || seconds <= 0) return told;
    told.eventsPerSecond = (events - first.events) / seconds;
    const bytesPerSecond = (bytes - first.bytes) / seconds;
    if (total !== undefined && bytesPerSecond > 0) told.secondsLeft = Math.max(0, total - bytes) / bytesPerSecond;
    return told;
  }
}
