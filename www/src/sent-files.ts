import { count, listed } from "./ui/format.js";

export interface EarlierSend {
  at: Date;
  accepted: number;
  unknown: number;
}

/** Such as `2 accepted and 3 unknown`. */
export function howEarlier({ accepted, unknown }: EarlierSend): string {
  const parts = [accepted > 0 && `${count(accepted)} accepted`, unknown > 0 && `${count(unknown)} unknown`];
  return listed(parts.filter((part) => part !== false));
}

/** Remembers, until the page is left, which files were sent from it and may have arrived. */
export class SentFiles {
  readonly #sends = new Map<string, EarlierSend>();

  add(files: readonly File[], { accepted, unknown }: Omit<EarlierSend, "at">): void {
    if (accepted + unknown === 0) return;
    for (const file of files) this.#sends.set(identity(file), { at: new Date(), accepted, unknown });
  }

  /** The last send that had one of these files in it. */
  find(files: readonly File[]): EarlierSend | undefined {
    return files
      .map((file) => this.#sends.get(identity(file)))
      .filter((send) => send !== undefined)
      .sort((a, b) => b.at.getTime() - a.at.getTime())[0];
  }
}

function identity({ name, size, lastModified }: File): string {
  return JSON.stringify([name, size, lastModified]);
}
