/** The number of characters from which a piece is handed on. */
const FULL = 64 * 1024;

/** Joins the texts of rows to pieces. */
export class Writer {
  #texts: string[] = [];
  #length = 0;

  get isFull(): boolean {
    return this.#length >= FULL;
  }

  write(text: string): void {
    this.#texts.push(text);
    this.#length += text.length;
  }

  /** Returns what was written since the last call. */
  take(): string {
    const text = this.#texts.join("");
    this.#texts = [];
    this.#length = 0;
    return text;
  }
}
