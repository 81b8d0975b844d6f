import { check } from "split-events";

export default {
  /** @param {Request} request */
  async fetch(request) {
    return Response.json(await check(request));
  },
};
