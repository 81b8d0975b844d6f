import type { Progress } from "../../node.js";
import { Speed } from "../../send/speed.js";
import { count, counted, duration, stateCounts } from "../../words/index.js";
import type { Import } from "../input/import.js";
import { progress, say } from "./output.js";

/** Draws the progress of a delivery, each second even if no counts come. */
export class DeliveryProgress {
  readonly #source: Import;
  readonly #speed = new Speed();
  readonly #timer: NodeJS.Timeout;
  #state: Progress | undefined;
  #at = 0;
  #asked: number | undefined;

  constructor(source: Import) {
    this.#source = source;
    this.#timer = setInterval(() => this.#draw(), 1000);
    this.#timer.unref();
  }

  readonly show = (state: Progress): void => {
    // the bytes on the disk, not those that gzip holds
    this.#state = {
      ...state,
      ...this.#speed.at({ ...state, bytes: this.#source.bytesRead() }, this.#source.totalBytes),
    };
    this.#at = performance.now();
    this.#tellCapped(state);
    this.#draw();
  };

  /** Says once for each pause that it is shorter than the service asked for. */
  #tellCapped({ pauseAskedMs, pausedMs }: Progress): void {
    if (pauseAskedMs !== undefined && pauseAskedMs !== this.#asked) {
      const [asked, given] = [duration(pauseAskedMs / 1000), duration(pausedMs / 1000)];
      say(`the service asked for a pause of ${asked}; because of --pause-cap the next request goes in ${given}`);
    }
    this.#asked = pauseAskedMs;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #draw(): void {
    const state = this.#state;
    if (!state) return;
    const pausedMs = Math.max(0, state.pausedMs - (performance.now() - this.#at));
    progress.show(() => progressText({ ...state, pausedMs }, this.#source.read()));
  }
}

/** Writes progress as `1.5 MB of 20.3 MB, 1,200 events: 1,000 accepted; 500 events/s, 38 s left`. */
export function progressText(state: Progress, read: string): string {
  const counts = `${counted(state.events, "event")}: ${stateCounts(state).join(", ")}`;
  return `${read === "" ? "" : `${read}, `}${counts}${pace(state)}`;
}

function pace({ stopped, pausedMs, eventsPerSecond, secondsLeft }: Progress): string {
  if (stopped) return "; stopping";
  if (pausedMs > 0) return `; paused, ${duration(pausedMs / 1000)}`;
  if (!eventsPerSecond) return "";
  const left = secondsLeft === undefined ? "" : `, ${duration(secondsLeft)} left`;
  return `; ${count(Math.round(eventsPerSecond))} events/s${left}`;
}
