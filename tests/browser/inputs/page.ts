import { inputCases } from "../../support/input-contract.js";

/** What the tests of inputs call in their pages. */
const api = {
  runCase: (name: string) => inputCases.find((one) => one.name === name)?.run(),
};

declare global {
  var inputs: typeof api;
}

globalThis.inputs = api;
