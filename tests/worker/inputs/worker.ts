import { inputCases } from "../../support/input-contract.js";

/** Runs the case of this name: `/?case=NAME`. */
export default {
  async fetch(request: Request): Promise<Response> {
    const name = new URL(request.url).searchParams.get("case");
    try {
      await inputCases.find((one) => one.name === name)?.run();
      return new Response("well");
    } catch (error) {
      return new Response((error as Error).message);
    }
  },
};
