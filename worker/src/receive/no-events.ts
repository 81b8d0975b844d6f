import type { Issue, Report } from "split-events";

const AS_TEXT = "send JSON, NDJSON, CSV or TSV";
const AS_GZIP = "send it as it is, or as gzip with Content-Encoding: gzip";
/** What a sender does about a body that is not events as text. The hints of the issues are for owners of files. */
const HINTS: Partial<Record<Issue["code"], string>> = {
  empty_input: AS_TEXT,
  input_zip: AS_TEXT,
  input_workbook: AS_TEXT,
  input_data_file: AS_TEXT,
  input_markup: AS_TEXT,
  input_document: AS_TEXT,
  input_compressed: AS_GZIP,
  input_binary: AS_GZIP,
  input_utf16: "send it as UTF-8",
};

/** Returns what is wrong with a body that has no event, not even a refused one; `undefined` if it has any. */
export function noEvents({ events, unrecognized = 0, issues }: Report): string | undefined {
  const error = events === 0 ? issues.find(({ severity }) => severity === "error") : undefined;
  if (error) return `there are no events in the body: ${textOf(error)}; nothing was kept`;
  if (events === 0 || unrecognized < events) return undefined;
  const wrapped = issues.find(({ code }) => code === "events_wrapped");
  return wrapped
    ? `the events lie in ${JSON.stringify(wrapped.path.slice(0, 80))} of an object: send the list itself; nothing was kept`
    : "no record of the body is an object with a field of an event: see issues; nothing was kept";
}

function textOf({ code, message }: Issue): string {
  return `${message.replace(/^the input /, "it ")}; ${HINTS[code] ?? "see issues"}`;
}
