/**
 * An option or an argument is wrong. `code` is stable; the message repeats the wrong value, unless it may be a secret.
 */
export class ConfigError extends TypeError {
  override readonly name = "ConfigError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
