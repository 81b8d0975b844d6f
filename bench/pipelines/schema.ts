/**
 * The rules, as far as JSON Schema can express them. It cannot express the size of an event, names that come twice,
 * white space around a key, repairs, and places in the input.
 */
export const schema = {
  type: "object",
  required: ["eventTypeId", "trafficTypeName", "key", "timestamp"],
  additionalProperties: false,
  properties: {
    eventTypeId: { type: "string", pattern: "^[a-zA-Z0-9][-_.:a-zA-Z0-9]{0,79}$" },
    trafficTypeName: { type: "string", pattern: "^[^A-Z]+$" },
    key: { type: "string", maxLength: 250, pattern: "^\\S(.*\\S)?$" },
    timestamp: { type: "integer", minimum: 1e11, exclusiveMaximum: 1e14 },
    value: { type: ["number", "null"] },
    properties: { type: ["object", "null"], additionalProperties: { type: ["string", "number", "boolean", "null"] } },
    environmentName: { type: ["string", "null"] },
  },
} as const;
