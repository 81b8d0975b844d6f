import { z } from "zod";
import { judged } from "./judged.ts";
import { schema } from "./schema.ts";

const { eventTypeId, trafficTypeName, key, timestamp } = schema.properties;

const event = z.strictObject({
  eventTypeId: z.string().regex(new RegExp(eventTypeId.pattern)),
  trafficTypeName: z.string().regex(new RegExp(trafficTypeName.pattern)),
  key: z.string().max(key.maxLength).regex(new RegExp(key.pattern)),
  timestamp: z.int().min(timestamp.minimum).lt(timestamp.exclusiveMaximum),
  value: z.number().nullish(),
  properties: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullish(),
  environmentName: z.string().nullish(),
});

/** It repairs nothing, like ajv's. */
export const zod = judged((came) => event.safeParse(came).data);
