import { readdirSync, readFileSync } from "node:fs";

/** The processes of that name under this one. */
export function processes(name: string): Set<number> {
  const parents = new Map<number, { parent: number; name: string }>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const end = stat.lastIndexOf(")");
      const parent = Number(stat.slice(end + 2).split(" ")[1]);
      parents.set(Number(entry), { parent, name: stat.slice(stat.indexOf("(") + 1, end) });
    } catch {
      // it has ended meanwhile
    }
  }
  const isOurs = (pid: number): boolean => {
    const parent = parents.get(pid)?.parent;
    return parent !== undefined && (parent === process.pid || isOurs(parent));
  };
  return new Set([...parents].filter(([pid, of]) => of.name === name && isOurs(pid)).map(([pid]) => pid));
}

const TICK_MS = 10;

/** CPU time of processes in milliseconds, theirs and the system's for them. */
export function cpu(pids: Iterable<number>): number {
  let ticks = 0;
  for (const pid of pids) {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // the 14th and 15th of all
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * TICK_MS;
}
