/** An error that ends a command before it has a result: one line for a person, one stable word for a script. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const SYSTEM_ERRORS: Record<string, string> = {
  EACCES: "permission denied",
  EBUSY: "it is in use",
  EISDIR: "it is a directory",
  EMFILE: "too many open files",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "there is no such file or folder",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of its path is not a folder",
  EPERM: "permission denied",
  EROFS: "the disk is read-only",
};

/** Says an error of the system in words; its own message would repeat the path and the call. */
export function systemReason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code !== undefined) return SYSTEM_ERRORS[code] ?? code;
  return error instanceof Error ? error.message : String(error);
}
