/** What an SDK asks of its other URLs, with `/api` and without. */
const PATHS =
  /^(\/api)?\/(splitChanges|(memberships|mySegments|segmentChanges)\/.+|(v2\/)?auth|(v1\/)?(metrics\/(config|usage)|keys\/(cs|ss))|sse|event-stream)\/?$/;

/** Whether an SDK has this Worker for more than its events. No answer but an error is safe: definitions turn flags off. */
export function isOtherSdkPath(pathname: string): boolean {
  return PATHS.test(pathname);
}

export const ONLY_EVENTS =
  "this Worker takes events and has no feature flags: of an SDK's urls only events may be this Worker's, as " +
  'urls: { events: "https://WORKER/api" }; leave out sdk, auth, streaming and telemetry';
