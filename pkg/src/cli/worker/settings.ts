export interface SettingProblem {
  name: string;
  problem: string;
}

/** Everything that is wrong, and the names of variables that nothing reads. */
interface Read {
  problems: SettingProblem[];
  /** Names that are nearly a setting's. */
  misspelt: SettingProblem[];
  unknown: string[];
}

/** What is used of the Worker's own module, which a test holds to this. */
export interface WorkerSettings {
  readSettings(given: Record<string, unknown>): Read;
}

/**
 * What is wrong with a Worker's settings, by the table that the Worker reads them by. It is built from this package, so it
 * is found beside the command line when this runs, and not when it is compiled.
 */
export async function readWorkerSettings(given: Record<string, unknown>): Promise<Read> {
  const module: WorkerSettings = await import(new URL("../../worker/settings.js", import.meta.url).href);
  return module.readSettings(given);
}
