/** Where an event stands in the input. */
export interface Position {
  /** The number of the event in the input, from 0. */
  index: number;
  /** The line in its source, from 1; `null` for events that came as objects. */
  line: number | null;
  /** The name of the source, if it has one. */
  file?: string;
}
