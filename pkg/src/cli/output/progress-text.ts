import type { Progress } from "../../node.js";
import { Speed } from "../../send/speed.js";
import type { Import } from "../input/import.js";
import { progress, say } from "./output.js";
import { count, counted } from "./text.js";

/** Draws the progress of a delivery, also while nothing happens. */
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
    // of what lies on the disk: gzip has more in it
    this.#state = {
      ...state,
      ...this.#speed.at({ ...state, bytes: this.#source.bytesRead() }, this.#source.totalBytes),
    };
    this.#at = performance.now();
    this.#tellCapped(state);
    this.#draw();
  };

  /** Once for each pause that is shorter than the service wants it. */
  #tellCapped({ pauseAskedMs, pausedMs }: Progress): void {
    if (pauseAskedMs !== undefined && pauseAskedMs !== this.#asked) {
      const [asked, given] = [duration(pauseAskedMs / 1000), duration(pausedMs / 1000)];
      say(`the service asked not to be sent anything for ${asked}; it is asked again in ${given} (--pause-cap)`);
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

/** Such as `1.5 MB of 20.3 MB, 1,200 events: 1,000 accepted; 500 events/s, 38 s left`. */
export function progressText(state: Progress, read: string): string {
  const open = (["refused", "unknown", "unsent"] as const)
    .filter((name) => state[name] > 0)
    .map((name) => `, ${count(state[name])} ${name}`)
    .join("");
  const counts = `${counted(state.events, "event")}: ${count(state.accepted)} accepted${open}`;
  return `${read === "" ? "" : `${read}, `}${counts}${pace(state)}`;
}

function pace({ stopped, pausedMs, eventsPerSecond, secondsLeft }: Progress): string {
  if (stopped) return "; stopping";
  if (pausedMs > 0) return `; paused by the service, ${duration(pausedMs / 1000)}`;
  if (!eventsPerSecond) return "";
  const left = secondsLeft === undefined ? "" : `, ${duration(secondsLeft)} left`;
  return `; ${count(Math.round(eventsPerSecond))} events/s${left}`;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 120) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
