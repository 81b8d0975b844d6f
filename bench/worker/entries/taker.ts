import type { Env } from "split-events/worker";
import ours from "split-events/worker";
import { settingsOf } from "../../../pkg/dist/worker/env.js";
import { chunksOf } from "../../../pkg/dist/worker/in/body.js";
import { bearer, clientOf } from "../../../pkg/dist/worker/in/keys.js";
import { RequestDigest } from "../../../pkg/dist/worker/in/request-digest.js";
import { put } from "../../../pkg/dist/worker/out/put.js";
import { shardOf } from "../../../pkg/dist/worker/out/shards.js";
import type { Part } from "../../../pkg/dist/worker/part.js";

type Batches = (body: Uint8Array, events: number) => { events: number; body: Uint8Array }[];

/** A Worker with the keys, the queue and the outboxes of ours, and another way from a body to batches. */
export function takes(batches: Batches) {
  return {
    async fetch(request, env) {
      if (!new URL(request.url).pathname.startsWith("/api/")) return ours.fetch(request, env);
      const settings = settingsOf(env);
      const client = await clientOf(bearer(request), env);
      const digest = new RequestDigest(client.name, undefined);
      const chunks: Uint8Array[] = [];
      for await (const chunk of chunksOf(request, settings)) {
        digest.add(chunk);
        chunks.push(chunk);
      }
      const body = new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
      const name = await digest.finish();
      const [shard, at] = [shardOf(name, settings.shards), Date.now()];
      const parts = batches(body, Number(request.headers.get("x-events"))).map(
        (one, part): Part => ({ shard, request: name, keyed: false, at, part, kind: "batch", ...one }),
      );
      await put(parts, env, settings);
      return Response.json({ events: parts.reduce((sum, { events }) => sum + events, 0) }, { status: 202 });
    },
    queue: (batch, env) => ours.queue(batch, env),
  } satisfies ExportedHandler<Env>;
}
