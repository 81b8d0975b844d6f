import type { Option } from "./option.js";

/** The names of the rows that a function takes. */
type Taken<Rows, Taker> = {
  [Name in keyof Rows]: Rows[Name] extends { internal: true }
    ? never
    : Rows[Name] extends Option<unknown, infer Of>
      ? Extract<Taker, Of> extends never
        ? never
        : Name
      : never;
}[keyof Rows];

type Required<Rows> = { [Name in keyof Rows]: Rows[Name] extends { required: true } ? Name : never }[keyof Rows];

type Value<Row, Name, Types> = Name extends keyof Types
  ? Types[Name]
  : Row extends Option<infer Own, string>
    ? Own
    : never;

/** `Pick` keeps the doc comments of the rows, so that editors show them. */
type Optional<Rows, Names extends keyof Rows, Types> = {
  [Name in keyof Pick<Rows, Names>]?: Value<Rows[Name], Name, Types>;
};

type Given<Rows, Names extends keyof Rows, Types> = {
  [Name in keyof Pick<Rows, Names>]: Value<Rows[Name], Name, Types>;
};

type Together<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** The same as one object, for the messages of the compiler. */
type Flat<All> = { [Name in keyof All]: All[Name] };

/**
 * The options of these rows that a function takes, as the type of an object. `Types` has the types of values that the
 * rows do not know.
 */
export type Values<Rows, Taker, Types = unknown> = Flat<
  Optional<Rows, Exclude<Taken<Rows, Taker>, Required<Rows>>, Types> &
    Given<Rows, Extract<Taken<Rows, Taker>, Required<Rows>>, Types>
>;

/** The same of all groups together. */
export type Chosen<Groups, Taker, Types = unknown> = Flat<
  Together<{ [Group in keyof Groups]: Values<Groups[Group], Taker, Types> }[keyof Groups]>
>;

/** The names of the options that a function takes. */
export type Names<Groups, Taker> = { [Group in keyof Groups]: Taken<Groups[Group], Taker> }[keyof Groups];
