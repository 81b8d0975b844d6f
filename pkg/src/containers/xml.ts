import { SaxesParser } from "saxes";
import type { Member } from "./member.js";

/** Takes what a file of XML holds. Names come without their prefix. */
export interface Taker {
  open?(name: string, attributes: Record<string, string>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/**
 * Reads a member as XML, and yields after each piece, so that what was taken can be handed on.
 *
 * @throws Error if it is not well formed.
 */
export async function* readXml(member: Member, taker: Taker): AsyncGenerator<void, void> {
  const parser = new SaxesParser({ xmlns: false, position: false });
  const local = (name: string) => name.slice(name.indexOf(":") + 1);
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => taker.open?.(local(name), attributes));
  parser.on("text", (text) => taker.text?.(text));
  parser.on("cdata", (text) => taker.text?.(text));
  parser.on("closetag", ({ name }) => taker.close?.(local(name)));
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const piece of member.bytes()) {
    parser.write(decoder.decode(piece, { stream: true }));
    yield;
  }
  parser.write(decoder.decode());
  parser.close();
}

/** Reads a small member as XML to its end. */
export async function takeXml(member: Member, taker: Taker): Promise<void> {
  for await (const _ of readXml(member, taker));
}

/** Reads an attribute or a cell that is true or false. */
export function isTrue(text: string | undefined): boolean {
  return text === "1" || text === "true";
}
