const TICKS = 5;

/**
 * Calls `late` after `ms` milliseconds, unless the function that it returns is called before. The time is counted in
 * five ticks, so that a page that was frozen, or a machine that slept, loses one tick and not all of its time.
 */
export function after(ms: number, late: () => void): () => void {
  let left = TICKS;
  let timer: ReturnType<typeof setTimeout>;
  const tick = () => {
    left -= 1;
    if (left < 0) late();
    else timer = setTimeout(tick, ms / TICKS);
  };
  tick();
  return () => clearTimeout(timer);
}
