import { parse } from "csv-parse/sync";
import { Batches } from "./judged.ts";
import type { Pipeline } from "./pipeline.ts";
import { eventOf } from "./row.ts";
import { validated } from "./validated.ts";

export const csvParse: Pipeline = ({ bytes }, take) => {
  const batches = new Batches(take);
  const rows: Record<string, string>[] = parse(bytes, { columns: true });
  for (const row of rows) batches.add(validated(eventOf(row)));
  batches.finish();
};
