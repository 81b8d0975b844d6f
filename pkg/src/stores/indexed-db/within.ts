const TICKS = 5;

/**
 * Calls `late` where `ms` milliseconds are over before the function that it returns is called. They are counted in five
 * ticks, so that a page that was frozen, or a machine that slept, has lost one tick when it goes on, and not its time.
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
