import { type CheckOptions, type CodeInfo, check, codes, InputError, type Report, Sources } from "split-events";

/** The chosen files, with what the check found in them. */
export interface Import {
  files: readonly File[];
  options: CheckOptions;
  report: Report;
  /** Why the files could not be read to their end. */
  unread?: string;
}

/** Makes one input of the files. Each is read as a stream when its turn comes. */
export function sourcesOf(files: readonly File[], onFile?: (file: File) => void): Sources {
  function* list() {
    for (const file of files) {
      onFile?.(file);
      yield { name: file.name, input: file };
    }
  }
  return new Sources(list());
}

export async function checkFiles(
  files: readonly File[],
  options: CheckOptions,
  onFile?: (file: File) => void,
): Promise<Import> {
  try {
    return { files, options, report: await check(sourcesOf(files, onFile), options) };
  } catch (error) {
    if (error instanceof InputError && error.report) {
      return { files, options, report: error.report, unread: error.message };
    }
    throw error;
  }
}

/** Returns the options with which the files are sent as they were checked: the user has seen what they were read as. */
export function sendOptions({ options }: Import): CheckOptions {
  return { ...options, set: options.set ?? {} };
}

/** Counts the events that would be sent. */
export function sendable({ report }: Import): number {
  return report.clean + report.repaired;
}

/** Returns the codes of events that the service would drop silently. */
export function droppedCodes(): Set<string> {
  return new Set(
    codes()
      .filter(({ dropped }: CodeInfo) => dropped)
      .map(({ code }) => code),
  );
}
