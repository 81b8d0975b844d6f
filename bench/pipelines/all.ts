import { ajv } from "./ajv.ts";
import { floor } from "./floor.ts";
import { ours } from "./ours.ts";
import type { Pipelines } from "./pipeline.ts";
import { sdk } from "./sdk.ts";
import { zod } from "./zod.ts";

/** Those of events in their own shape, which run in every runtime. */
export const pipelines = { ours, sdk, ajv, zod, floor } satisfies Pipelines;
