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
  /** The pair without this difference; nothing where it has none. */
  forgive: (pair: Pair) => Pair | undefined;
}

/** We refuse what the SDK takes. Each of our reasons must be allowed. */
const refusedBy =
  (codes: RegExp, holds: (pair: Pair) => boolean = () => true) =>
  (pair: Pair) => {
    if (!pair.sdk || pair.ours || !holds(pair)) return undefined;
    const errors = pair.errors.filter((code) => !codes.test(code));
    if (errors.length === pair.errors.length) return undefined;
    return { ...pair, errors, sdk: errors.length === 0 ? undefined : pair.sdk };
  };

/** We take what the SDK refuses. */
const takenWhere = (holds: (pair: Pair) => boolean) => (pair: Pair) =>
  !pair.sdk && pair.ours && holds(pair) ? { ...pair, ours: undefined } : undefined;

const fields = ({ event }: Pair) => (event ?? {}) as Record<string, unknown>;
const trimmed = (name: unknown) => String(name).replace(/^[\s\u200b-\u200d\u2060]+|[\s\u200b-\u200d\u2060]+$/gu, "");
const own = (object: unknown, name: string) =>
  typeof object === "object" && object !== null && Object.hasOwn(object, name);

/** What is said of a line that is more than one JSON value. */
const JOINED = /^(comma_extra|commas_without_array|objects_side_by_side|record_separators|arrays_several)$/;

/** Every difference that may be. */
export const DIFFERENCES: readonly Difference[] = [
  {
    name: "timestamp refused",
    reason: "the SDK stamps the present and takes no timestamp",
    forgive: refusedBy(/^timestamp_/),
  },
  {
    name: "a name given twice refused",
    reason: "the SDK gets what JSON.parse leaves, which is the last, and judges that; here every copy is judged",
    forgive: (pair) => (pair.errors.includes("duplicate_field") ? refusedBy(/./)(pair) : undefined),
  },
  {
    name: "traffic type trimmed",
    reason: "the SDK sends white space around it, and what has no width; here it is removed, which is reported",
    forgive: (pair) =>
      pair.sdk && pair.codes.includes("traffic_type_name_trimmed")
        ? { ...pair, sdk: { ...pair.sdk, trafficTypeName: trimmed(pair.sdk.trafficTypeName) } }
        : undefined,
  },
  {
    name: "blank traffic type refused",
    reason: "the SDK takes white space for a name",
    forgive: refusedBy(/^traffic_type_name_empty$/),
  },
  {
    name: "blank environment refused",
    reason: "the SDK's events have no environmentName",
    forgive: refusedBy(/^environment_name_empty$/),
  },
  {
    name: "digits of a large key kept",
    reason:
      "the SDK makes of a whole number from 2^53 on what JavaScript reads; here its text stays, which is reported",
    forgive: (pair) => {
      const { key } = fields(pair);
      if (!pair.sdk || !pair.ours || !pair.codes.includes("key_integer_large")) return undefined;
      if (!/^-?\d+$/.test(String(pair.ours.key)) || Number(pair.ours.key) !== key) return undefined;
      return { ...pair, sdk: { ...pair.sdk, key: pair.ours.key } };
    },
  },
  {
    name: "key of over 250 digits refused",
    reason: "the SDK makes of such a number a text with an exponent, which nobody meant",
    forgive: refusedBy(/^key_too_long$/, (pair) => typeof fields(pair).key === "number"),
  },
  { name: "nested deeper than 32 refused", reason: "the SDK nulls it at any depth", forgive: refusedBy(/^too_deep$/) },
  { name: "lone surrogate refused", reason: "the SDK sends it as it is", forgive: refusedBy(/^lone_surrogate$/) },
  {
    name: "objects beside commas or each other read",
    reason: "such a line is not JSON, and never reaches the SDK",
    forgive: takenWhere(({ event, codes }) => event === undefined && codes.some((code) => JOINED.test(code))),
  },
  {
    name: "key object refused",
    reason: "the SDK takes {matchingKey, bucketingKey}; the service's API takes a string",
    forgive: refusedBy(/^key_not_string$/, (pair) => own(fields(pair).key, "matchingKey")),
  },
  {
    name: "numeric string as value",
    reason: "the SDK refuses it; here it becomes a number, which is reported",
    forgive: takenWhere(({ codes }) => codes.includes("value_string")),
  },
  {
    name: "property named constructor",
    reason: "the SDK does not take such an object for a plain one, and refuses it",
    forgive: takenWhere((pair) => own(fields(pair).properties, "constructor")),
  },
  {
    name: "key -0 in an object",
    reason: "JSON.stringify writes 0 where the SDK's key is -0; as text it is -0 here, too",
    forgive: (pair) =>
      pair.object && Object.is(fields(pair).key, -0) && pair.sdk
        ? { ...pair, sdk: { ...pair.sdk, key: "0" } }
        : undefined,
  },
  {
    name: "property named __proto__",
    reason: "the SDK's copy of the properties loses it, and its size does not count",
    forgive: (pair) => {
      if (!own(fields(pair).properties, "__proto__")) return undefined;
      if (!pair.ours) return refusedBy(/^event_too_large$/)(pair);
      const properties = Object.entries(pair.ours.properties ?? {}).filter(([name]) => name !== "__proto__");
      return { ...pair, ours: { ...pair.ours, properties: Object.fromEntries(properties) } };
    },
  },
];

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
