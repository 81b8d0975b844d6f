export interface SettingProblem {
  name: string;
  problem: string;
}

/** What is used of the Worker's own module, which a test holds to this. */
export interface WorkerSettings {
  readSettings(given: Record<string, unknown>): { problems: SettingProblem[] };
}

/**
 * Everything that is wrong with a Worker's settings, by the table that the Worker reads them by. It is built from this
 * package, so it is found beside the command line when this runs, and not when it is compiled.
 */
export async function settingProblems(given: Record<string, unknown>): Promise<SettingProblem[]> {
  const module: WorkerSettings = await import(new URL("../../worker/settings.js", import.meta.url).href);
  return module.readSettings(given).problems;
}
