// a terminal signals every process of its group, and npm passes the signal on, so one Ctrl-C can arrive twice
const SAME_KEYSTROKE_MS = 500;

export interface Interrupt {
  /** Aborted by the first Ctrl-C: no further request begins. */
  stop: AbortController;
  /** Aborted by the second: the requests in flight are cut. */
  cut: AbortController;
  /** Stops handling the signals. */
  release(): void;
}

/**
 * Handles Ctrl-C and SIGTERM: the first stops, the second cuts, the third ends the process once `leave` is done, which
 * nothing interrupts.
 */
export function handleInterrupts(say: (line: string) => void, leave: () => Promise<void> = async () => {}): Interrupt {
  const stop = new AbortController();
  const cut = new AbortController();
  let presses = 0;
  let last = Number.NEGATIVE_INFINITY;

  const onSignal = () => {
    const now = performance.now();
    if (now - last < SAME_KEYSTROKE_MS) return;
    last = now;
    presses += 1;
    if (presses === 1) {
      say("stopping: nothing more is sent, the requests in flight are waited for; Ctrl-C again cuts them off");
      stop.abort();
    } else if (presses === 2) {
      say("cutting off the requests in flight; their events end unknown");
      cut.abort();
    } else if (presses === 3) {
      void leave().finally(() => process.exit(130));
    }
  };

  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    stop,
    cut,
    release() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
