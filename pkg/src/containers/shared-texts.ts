import type { Member } from "./member.js";
import { takeXml } from "./xml.js";

/** Reads the texts that cells share. */
export async function sharedTexts(member: Member): Promise<string[]> {
  const texts: string[] = [];
  const text = new CellText();
  await takeXml(member, {
    open: (tag) => text.open(tag),
    text: (piece) => text.take(piece),
    close(tag) {
      if (tag === "si") texts.push(text.end());
      else text.close(tag);
    },
  });
  return texts;
}

/** Joins the parts of a text that has several formats. How it is pronounced is left out. */
export class CellText {
  #text = "";
  #inText = false;
  #inReading = false;

  open(tag: string): void {
    if (tag === "rPh") this.#inReading = true;
    if (tag === "t") this.#inText = !this.#inReading;
  }

  take(text: string): void {
    if (this.#inText) this.#text += text;
  }

  close(tag: string): void {
    if (tag === "rPh") this.#inReading = false;
    if (tag === "t") this.#inText = false;
  }

  /** Returns the text, and begins another. */
  end(): string {
    const text = this.#text;
    this.#text = "";
    return unescaped(text);
  }
}

/** Reads `_x000D_` as the character that XML cannot hold. */
export function unescaped(text: string): string {
  return text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
