import type { FileMetaData, SchemaElement } from "hyparquet/src/index.js";
import { type Texts, textsOf } from "./parquet-values.js";

/** A column of a Parquet file, or a part of one. */
export interface Column extends Texts {
  name: string;
  /** Whether it holds one value, neither a list nor a struct. */
  isPlain: boolean;
}

interface Tree {
  element: SchemaElement;
  children: Tree[];
}

/** Returns the columns of a file, each with what writes its values. */
export function columnsOf(schema: SchemaElement[]): Column[] {
  return treeOf(schema).children.map(columnOf);
}

/**
 * Returns the description of a file with which the library yields what is stored: whole numbers and bytes, where it
 * would make dates of milliseconds, rounded decimals, and maps whose keys are texts.
 */
export function withRawValues(metadata: FileMetaData): FileMetaData {
  const { root, schema } = { root: treeOf(metadata.schema), schema: [] as SchemaElement[] };
  const add = ({ element, children }: Tree, inVariant: boolean) => {
    const isVariant = inVariant || element.logical_type?.type === "VARIANT";
    const isKept = isVariant || isListOf(element);
    const { converted_type, logical_type, ...raw } = element;
    schema.push(isKept ? element : raw);
    for (const child of children) add(child, isVariant);
  };
  add(root, false);
  return { ...metadata, schema };
}

function isListOf({ converted_type, logical_type }: SchemaElement): boolean {
  return converted_type === "LIST" || logical_type?.type === "LIST";
}

function isMap({ converted_type, logical_type }: SchemaElement): boolean {
  return converted_type === "MAP" || converted_type === "MAP_KEY_VALUE" || logical_type?.type === "MAP";
}

function treeOf(schema: SchemaElement[]): Tree {
  let at = 0;
  const next = (): Tree => {
    const element = schema[at++];
    if (!element) throw new Error("the schema breaks off");
    return { element, children: Array.from({ length: element.num_children ?? 0 }, next) };
  };
  return next();
}

function columnOf(tree: Tree): Column {
  const { element, children } = tree;
  const isRepeated = element.repetition_type === "REPEATED";
  const own = children.length === 0 ? textsOf(element) : groupOf(tree);
  const texts = isRepeated ? listOf(own) : own;
  return { name: element.name, isPlain: children.length === 0 && !isRepeated, ...texts };
}

function groupOf({ element, children }: Tree): Texts {
  if (element.logical_type?.type === "VARIANT") return anyOf();
  const [only] = children;
  if (only && children.length === 1 && isListOf(element)) return listOf(itemOf(only));
  if (only && isMap(element) && only.children.length === 2) return mapOf(only);
  const members = children.map(columnOf);
  const json = (value: unknown) => {
    const texts = members.flatMap(({ name, json }) => {
      const member = (value as Record<string, unknown>)[name];
      return member === undefined || member === null ? [] : [`${JSON.stringify(name)}:${json(member)}`];
    });
    return `{${texts.join(",")}}`;
  };
  return { json, text: json };
}

/** Returns what writes an item of a list, as the library takes it out of the group around it. */
function itemOf(repeated: Tree): Texts {
  const [only] = repeated.children;
  if (only && repeated.children.length === 1) return columnOf(only);
  return repeated.children.length === 0 ? textsOf(repeated.element) : groupOf(repeated);
}

function listOf({ json: item }: Texts): Texts {
  const json = (value: unknown) =>
    `[${Array.from(value as ArrayLike<unknown>, (one) => (one === undefined || one === null ? "null" : item(one))).join(",")}]`;
  return { json, text: json };
}

function mapOf(pair: Tree): Texts {
  const [key, value] = pair.children.map(columnOf) as [Column, Column];
  const json = (map: unknown) => {
    const pairs = (map as Record<string, unknown>)[pair.element.name];
    const texts = ((pairs ?? []) as Record<string, unknown>[]).map((each) => {
      const [own, its] = [each[key.name], each[value.name]];
      return `${JSON.stringify(key.text(own))}:${its === undefined || its === null ? "null" : value.json(its)}`;
    });
    return `{${texts.join(",")}}`;
  };
  return { json, text: json };
}

/** Returns what writes values whose type stands beside each of them. */
function anyOf(): Texts {
  const json = (value: unknown): string => {
    if (typeof value === "bigint") return String(value);
    if (value instanceof Uint8Array) return JSON.stringify(Array.from(value));
    if (Array.isArray(value)) return `[${value.map(json).join(",")}]`;
    if (typeof value !== "object" || value === null || value instanceof Date) return JSON.stringify(value) ?? "null";
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${json(member)}`).join(",")}}`;
  };
  return { json, text: json };
}
