/** Returns what the official SDKs fetch before they track: an environment without flags and segments. */
export function answerForSdk(path: string): object | undefined {
  if (path === "/api/splitChanges") return { ff: { d: [], s: 1, t: 1 }, rbs: { d: [], s: 1, t: 1 } };
  if (path.startsWith("/api/memberships/")) return { ms: { k: [] }, ls: { k: [] } };
  return undefined;
}

/** Tells whether the official SDKs post something other than events here. It is answered 200 and thrown away. */
export function isThrownAway(path: string): boolean {
  return /^\/api\/(testImpressions|v1\/metrics|v1\/keys)\//.test(path);
}
