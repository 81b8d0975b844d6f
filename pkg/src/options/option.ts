import type { Mapping } from "./mapping.js";

/** What an option may be. */
export interface Kind<Value = unknown> {
  type:
    | "whole"
    | "number"
    | "boolean"
    | "text"
    | "texts"
    | "word"
    | "clock"
    | "key"
    | "address"
    | "columns"
    | "fields"
    | "mapping"
    | "statuses"
    | "store"
    | "signal"
    | "control"
    | "function"
    | "hook"
    | "object"
    | "any";
  unit?: string;
  least?: number;
  /** The value must be more than `least`. */
  above?: true;
  most?: number;
  words?: readonly string[];
  /** What some of the words stand for. */
  signs?: { readonly [word: string]: string };
  default?: string | number | boolean;
  /** The options within an object. */
  within?: { readonly [name: string]: Option<unknown, string> };
  /** Never set: it carries the type of the values. */
  value?: Value;
}

/** What else is said of an option. */
interface More {
  /** The flag of the command line. */
  flag?: string;
  /** The help of the flag, if it is not `doc`. */
  help?: string;
  /** What the command line has instead of a flag. */
  beside?: string;
  /** Another option without which this one has no effect. */
  needs?: string;
  /** Other names that people try. */
  meant?: readonly string[];
  /** The journal keeps it, since it decides which batches are made or which events are sent. */
  kept?: true;
}

/** An option as the table has it. */
export interface Option<Value, Of extends string> extends Kind<Value>, More {
  of: readonly Of[];
  /** One line for the documentation, and for the flag without a `help`. */
  doc: string;
  required?: true;
  /** Only this repository's tests give it. */
  internal?: true;
}

type AnyOption = Option<unknown, string>;

/** Makes an option of the functions `of`. */
export function option<const Of extends readonly string[], Value>(
  of: Of,
  kind: Kind<Value>,
  doc: string,
  more: More = {},
): Option<Value, Of[number]> {
  return { of, doc, ...kind, ...more };
}

export function required<O extends AnyOption>(option: O): O & { required: true } {
  return { ...option, required: true };
}

/** Leaves an option out of types and documentation. */
export function internal<O extends AnyOption>(option: O): O & { internal: true } {
  return { ...option, internal: true };
}

export function whole(unit: string, least: number, most: number, usual: number): Kind<number> {
  return { type: "whole", unit, least, most, default: usual };
}

export function number(): Kind<number> {
  return { type: "number" };
}

export function atLeastZero(unit: string, most?: number, usual?: number): Kind<number> {
  const kind: Kind<number> = { type: "number", unit, least: 0 };
  if (most !== undefined) kind.most = most;
  if (usual !== undefined) kind.default = usual;
  return kind;
}

export function moreThanZero(unit: string, most?: number, usual?: number): Kind<number> {
  return { ...atLeastZero(unit, most, usual), above: true };
}

export function flag(usual?: boolean): Kind<boolean> {
  return { type: "boolean", ...(usual !== undefined && { default: usual }) };
}

export function word<const Words extends readonly string[]>(words: Words, usual?: Words[number]): Kind<Words[number]> {
  return { type: "word", words, ...(usual !== undefined && { default: usual }) };
}

export function text<Value extends string | undefined = string>(usual?: string): Kind<Value> {
  return { type: "text", ...(usual !== undefined && { default: usual }) };
}

export function texts(): Kind<string[]> {
  return { type: "texts" };
}

export function clock(): Kind<number | false> {
  return { type: "clock", unit: "Unix time in milliseconds" };
}

export function key(): Kind<string> {
  return { type: "key" };
}

export function address(usual: string): Kind<string> {
  return { type: "address", default: usual };
}

export function columns(): Kind<Record<string, string> | Map<string, string>> {
  return { type: "columns" };
}

/** Which fields have the same value in every event. */
export function fields(): Kind<Record<string, string | number | boolean>> {
  return { type: "fields" };
}

/** A mapping, as an object or as its JSON text. */
export function mapping(): Kind<Mapping | string> {
  return { type: "mapping" };
}

/** One of these signs, or the word for it. */
export function sign<const Signs extends Readonly<Record<string, string>>>(
  signs: Signs,
): Kind<"auto" | (keyof Signs & string) | Signs[keyof Signs]> {
  const words = ["auto", ...Object.keys(signs), ...Object.values(signs)];
  return { type: "word", words, signs, default: "auto" };
}

export function statuses<const Meanings extends readonly string[]>(
  meanings: Meanings,
): Kind<Record<string | number, Meanings[number]>> {
  return { type: "statuses", words: meanings };
}

export function signal(): Kind<AbortSignal> {
  return { type: "signal" };
}

export function func<Value>(): Kind<Value> {
  return { type: "function" };
}

/** A function whose errors do not end a delivery. Its type stands with the function that takes the option. */
export function hook(): Kind<never> {
  return { type: "hook" };
}

/** A store. Its type stands with the function that takes the option. */
export function store(): Kind<never> {
  return { type: "store" };
}

/** A control. Its type stands with the function that takes the option. */
export function control(): Kind<never> {
  return { type: "control" };
}

/** A value that is checked where it is used. With `never` its type stands with the function that takes the option. */
export function any<Value>(): Kind<Value> {
  return { type: "any" };
}

/** An object of options. */
export function within<Value>(options: NonNullable<Kind["within"]>): Kind<Value> {
  return { type: "object", within: options };
}
