import { reader } from "./taker.js";
import { passThrough, plain } from "./ways.js";

export { EventOutbox, EventPace } from "split-events/worker";

const ways = { "pass-through": passThrough, "plain JavaScript": plain, "split-events": "ours" } as const;
/** The size of the pieces of a body, in bytes. */
const PIECE = 65_536;

/** Runs only the way from a body to batches, `times` times, with the way of this name. */
export default {
  async fetch(request) {
    const asked = new URL(request.url).searchParams;
    const way = ways[asked.get("way") as keyof typeof ways];
    const body = await request.bytes();
    let bytes = 0;
    for (let times = Number(asked.get("times")); times > 0; times -= 1) {
      const one = reader(way);
      for (let at = 0; at < body.length; at += PIECE) one.push(body.subarray(at, at + PIECE));
      for (const { body } of one.finish().contents) bytes += body.length;
      one.free();
    }
    return Response.json(bytes);
  },
} satisfies ExportedHandler;
