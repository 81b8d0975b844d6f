import valid from "ajv-standalone";
import { judged } from "./judged.ts";

/** It judges and repairs nothing: what would have to be repaired is left out. */
export const ajv = judged((event) => (valid(event) ? event : undefined));
