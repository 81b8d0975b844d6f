import { readdirSync, readFileSync } from "node:fs";

/** Returns the processes with that name below this one. */
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
      // it has ended
    }
  }
  const isOurs = (pid: number): boolean => {
    const parent = parents.get(pid)?.parent;
    return parent !== undefined && (parent === process.pid || isOurs(parent));
  };
  return new Set([...parents].filter(([pid, of]) => of.name === name && isOurs(pid)).map(([pid]) => pid));
}

/** Returns the CPU time of processes in milliseconds, over all threads, with the kernel's precision of a nanosecond. */
export function cpu(pids: Iterable<number>): number {
  let ns = 0;
  for (const pid of pids) {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      ns += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]);
    }
  }
  return ns / 1e6;
}
