import type { GROUPS, Option, Taker } from "./table.js";

type Groups = typeof GROUPS;
type All<Rows, T extends Taker> = {
  [Name in keyof Rows]: Rows[Name] extends { internal: true }
    ? never
    : Rows[Name] extends Option<unknown, infer Of>
      ? Extract<T, Of> extends never
        ? never
        : Name
      : never;
}[keyof Rows];
type Required<Rows> = { [Name in keyof Rows]: Rows[Name] extends { required: true } ? Name : never }[keyof Rows];
type Value<Row, Name, Types> = Name extends keyof Types
  ? Types[Name]
  : Row extends Option<infer Own, Taker>
    ? Own
    : never;

/** The values of these rows. `Pick` keeps the doc comments, so that an editor shows those of the table. */
type Values<Rows, Names extends keyof Rows, Types> = {
  [Name in keyof Pick<Rows, Exclude<Names, Required<Rows>>>]?: Value<Rows[Name], Name, Types>;
} & { [Name in keyof Pick<Rows, Names & Required<Rows>>]: Value<Rows[Name], Name, Types> };

type Together<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** The options that a function takes. `Types` are the types of those that the table cannot know. */
export type OptionsOf<T extends Taker, Types = unknown> = Together<
  { [Group in keyof Groups]: Values<Groups[Group], All<Groups[Group], T>, Types> }[keyof Groups]
>;

/** The options of one group of the table, whoever takes them. */
export type OptionsIn<Group extends keyof Groups, Types = unknown> = Values<
  Groups[Group],
  All<Groups[Group], Taker>,
  Types
>;

/** The names of the options that a function takes. */
export type NamesOf<T extends Taker> = { [Group in keyof Groups]: All<Groups[Group], T> }[keyof Groups];

/** The words that an option may have. */
export type Words<Row> = Row extends Option<infer Own, Taker> ? Own : never;
