export interface ProgressStream {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** One line on a terminal that is drawn over and over. Anywhere else it is not drawn. */
export class ProgressLine {
  readonly #stream: ProgressStream;
  readonly #redrawMs: number;
  #drawnAt = performance.now();
  #drawn = false;

  /** A command that is over within `redrawMs` shows no progress. */
  constructor(stream: ProgressStream, redrawMs = 100) {
    this.#stream = stream;
    this.#redrawMs = redrawMs;
  }

  show(text: () => string): void {
    if (!this.#stream.isTTY || performance.now() - this.#drawnAt < this.#redrawMs) return;
    this.#drawnAt = performance.now();
    this.#drawn = true;
    this.#stream.write(`\r\u001b[2K${text().slice(0, (this.#stream.columns || 80) - 1)}`);
  }

  clear(): void {
    if (this.#drawn) this.#stream.write("\r\u001b[2K");
    this.#drawn = false;
  }
}
