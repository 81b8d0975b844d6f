/** What both made of one event: nothing where it was refused. */
export interface Pair {
  /** As `JSON.parse` gives it; nothing where the text is not JSON. */
  event: unknown;
  sdk: Record<string, unknown> | undefined;
  ours: Record<string, unknown> | undefined;
  /** Whether it came as an object, not as text. */
  object: boolean;
  /** The codes that refused it. */
  errors: string[];
  /** All codes. */
  codes: string[];
}

interface Difference {
  name: string;
  reason: string;
  holds: (pair: Pair) => boolean;
}

const refusedBy = (codes: RegExp) => (pair: Pair) =>
  pair.sdk !== undefined && pair.ours === undefined && pair.errors.some((code) => codes.test(code));

const fields = (pair: Pair) => (pair.event ?? {}) as Record<string, unknown>;
const own = (object: unknown, name: string) =>
  typeof object === "object" && object !== null && Object.hasOwn(object, name);

/** Every difference that may be, with its reason. Rows of ours alone are told by the code of the refusal. */
export const DIFFERENCES: readonly Difference[] = [
  {
    name: "timestamp refused",
    reason: "the SDK stamps the present and takes no timestamp",
    holds: refusedBy(/^timestamp_/),
  },
  {
    name: "a name given twice refused",
    reason: "the SDK gets what JSON.parse leaves, which is the last",
    holds: refusedBy(/^duplicate_field$/),
  },
  { name: "nested deeper than 32 refused", reason: "the SDK nulls it at any depth", holds: refusedBy(/^too_deep$/) },
  { name: "lone surrogate refused", reason: "the SDK sends it as it is", holds: refusedBy(/^lone_surrogate$/) },
  {
    name: "key object refused",
    reason: "the SDK takes {matchingKey, bucketingKey}; the service's API takes a string",
    holds: (pair) => refusedBy(/^key_not_string$/)(pair) && own(fields(pair).key, "matchingKey"),
  },
  {
    name: "numeric string as value",
    reason: "the SDK refuses it, we make it a number and say so",
    holds: (pair) => pair.sdk === undefined && pair.ours !== undefined && pair.codes.includes("value_string"),
  },
  {
    name: "property named constructor",
    reason: "the SDK takes such an object for no plain one and refuses it",
    holds: (pair) => pair.sdk === undefined && pair.ours !== undefined && own(fields(pair).properties, "constructor"),
  },
  {
    name: "key -0 in an object",
    reason: "JSON.stringify writes 0, the SDK's key is -0; as text it is -0 here too",
    holds: ({ object, event, sdk, ours }) =>
      object &&
      Object.is((event as { key: unknown }).key, -0) &&
      !!sdk &&
      isSame({ ...sdk, key: "0" }, comparable(ours ?? {})),
  },
  {
    name: "property named __proto__",
    reason: "the SDK's copy loses it, or takes its size for another",
    holds: (pair) =>
      own(fields(pair).properties, "__proto__") && !!pair.sdk && !!pair.ours && sameBut(pair, "__proto__"),
  },
];

function sameBut({ sdk, ours }: Pair, name: string): boolean {
  const without = (sent: Record<string, unknown> | undefined) => {
    const copy = comparable(sent ?? {});
    const { [name]: _, ...properties } = (copy.properties ?? {}) as Record<string, unknown>;
    return { ...copy, properties };
  };
  return isSame(without(sdk), without(ours));
}

/** The SDK writes `properties: null` where none are given, which is the same to the service. */
export function comparable(sent: Record<string, unknown>): Record<string, unknown> {
  const { timestamp, environmentName, ...rest } = sent;
  return { ...rest, properties: rest.properties ?? null };
}

/** The same JSON values, whatever the order of names. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every(
    (name) =>
      Object.hasOwn(b, name) && isSame((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]),
  );
}
