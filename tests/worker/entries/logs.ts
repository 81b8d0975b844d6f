/** What the Worker has logged, line by line. */
export const lines: string[] = [];

for (const level of ["info", "warn", "error"] as const) {
  const say = console[level];
  console[level] = (...said: unknown[]) => {
    lines.push(String(said[0]));
    say(...said);
  };
}
