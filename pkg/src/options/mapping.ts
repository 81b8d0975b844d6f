/**
 * How events are made of records: the content of a mapping file, which docs/MAPPING.md describes. A name with `/` in
 * front is a JSON Pointer, any other that of a column or a top-level member.
 */
export interface Mapping {
  $schema?: string;
  name?: string;
  /** Where the records stand in each value of the source, as `/batch/*`. */
  records?: string;
  /** By what a source is recognised as one for this mapping. */
  recognize?: object[];
  /** Each of them whose conditions hold makes an event of a record. */
  events?: EventMapping[];
  [more: string]: unknown;
}

/** What makes one event of a record. */
export interface EventMapping {
  /** A list of which each item makes an event, as `/items/*`. */
  each?: string;
  /** Conditions: all must hold. */
  when?: object[];
  /** Whether the event is left out if the record has no key for it. */
  optional?: boolean;
  /** Whether fields without a source are those of the same name, and columns of other names are properties. */
  ownNames?: boolean;
  /** Where the event stands in its own shape: the first of these that is there. A text is that of an event. */
  event?: string | string[];
  eventTypeId?: FieldMapping;
  trafficTypeName?: FieldMapping;
  key?: FieldMapping;
  timestamp?: FieldMapping;
  value?: FieldMapping;
  environmentName?: FieldMapping;
  properties?: PropertiesMapping;
  [more: string]: unknown;
}

/** Where the value of a field comes from: one of `from`, `value` and `template`; and how it is read. */
export interface FieldMapping {
  from?: string | string[];
  value?: unknown;
  template?: string;
  [more: string]: unknown;
}

/** What becomes a property. */
export interface PropertiesMapping {
  from?: string | string[];
  rest?: boolean;
  /** A list of which each item is a property. */
  pairs?: object;
  keep?: string[];
  drop?: string[];
  rename?: Record<string, string>;
  add?: Record<string, FieldMapping>;
  types?: Record<string, "text" | "number">;
  flatten?: boolean;
  [more: string]: unknown;
}
