import { tests } from "./tests.ts";

tests("deno");
