import Papa from "papaparse";
import { Batches } from "./judged.ts";
import type { Pipeline } from "./pipeline.ts";
import { eventOf } from "./row.ts";
import { validated } from "./validated.ts";

export const papaparse: Pipeline = ({ bytes }, take) => {
  const batches = new Batches(take);
  Papa.parse<Record<string, string>>(new TextDecoder().decode(bytes), {
    header: true,
    skipEmptyLines: true,
    step: ({ data }) => batches.add(validated(eventOf(data))),
  });
  batches.finish();
};
