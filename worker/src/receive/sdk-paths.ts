/** Paths that an SDK asks of its other URLs, with `/api` and without. */
const PATHS =
  /^(\/api)?\/(splitChanges|(memberships|mySegments|segmentChanges)\/.+|(v2\/)?auth|(v1\/)?(metrics\/(config|usage)|keys\/(cs|ss))|sse|event-stream)\/?$/;

/** Returns whether an SDK asks for more than events. Only an error is a safe answer: empty definitions turn flags off. */
export function isOtherSdkPath(pathname: string): boolean {
  return PATHS.test(pathname);
}

export const ONLY_EVENTS =
  "this Worker takes events and has no feature flags: set only the events URL of the SDK to it, as in " +
  'urls: { events: "https://WORKER/api" }; leave out sdk, auth, streaming and telemetry';
