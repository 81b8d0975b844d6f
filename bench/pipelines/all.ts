import { ajv } from "./ajv.ts";
import { floor } from "./floor.ts";
import { ours } from "./ours.ts";
import type { Name, Pipeline } from "./pipeline.ts";
import { sdk } from "./sdk.ts";
import { zod } from "./zod.ts";

export const pipelines: Readonly<Record<Name, Pipeline>> = { ours, sdk, ajv, zod, floor };
