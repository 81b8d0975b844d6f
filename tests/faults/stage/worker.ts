import type { Job } from "../job.ts";
import { perform } from "./perform.ts";

export default {
  async fetch(request: Request): Promise<Response> {
    try {
      return Response.json(await perform((await request.json()) as Job));
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
  },
};
