export interface SettingProblem {
  name: string;
  problem: string;
}

/** What is wrong with settings, and the names of variables that the Worker does not read. */
interface Read {
  problems: SettingProblem[];
  /** Names that are probably misspelt names of settings. */
  misspelt: SettingProblem[];
  unknown: string[];
}

/** What the command uses of the Worker's own module; a test compares the two. */
export interface WorkerSettings {
  readSettings(given: Record<string, unknown>): Read;
}

/** The Worker's own module. The Worker is built from this package: the module exists when this runs, not when it is compiled. */
const SETTINGS: string = "split-events/internal/worker-settings";

/** Returns what is wrong with a Worker's settings, by the table that the Worker itself reads. */
export async function readWorkerSettings(given: Record<string, unknown>): Promise<Read> {
  const module: WorkerSettings = await import(SETTINGS);
  return module.readSettings(given);
}
