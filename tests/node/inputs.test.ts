import { test } from "vitest";
import { inputCases } from "../support/input-contract.js";

test.each(inputCases)("$name", ({ run }) => run());
