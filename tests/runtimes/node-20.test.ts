import { tests } from "./tests.ts";

tests("node 20");
