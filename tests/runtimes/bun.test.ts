import { tests } from "./tests.ts";

tests("bun");
