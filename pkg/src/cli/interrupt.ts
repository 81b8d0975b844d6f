// A terminal signals every process of its group and npm passes the signal on once more, so that one Ctrl-C
// can arrive twice within milliseconds.
const SAME_KEYSTROKE_MS = 500;

export interface Interrupt {
  /** Aborted by the first Ctrl-C: nothing more is sent. */
  stop: AbortController;
  /** Aborted by the second: what is in flight is cut. */
  cut: AbortController;
  /** Gives the signals back to the system. */
  release(): void;
}

/**
 * Ctrl-C once stops, twice cuts, three times leaves at once: after `leave`, which nothing interrupts. SIGTERM counts the
 * same.
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
      say("stopping: nothing more is sent, what is in flight is waited for; Ctrl-C again cuts it off");
      stop.abort();
    } else if (presses === 2) {
      say("cutting off what is in flight; its events end unknown");
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
