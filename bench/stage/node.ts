import type { Peer } from "../cases/case.ts";
import { pipelines } from "../pipelines/all.ts";
import type { Ready } from "../pipelines/pipeline.ts";
import { agree } from "./agree.ts";
import { agreeWith, peers } from "./agree-peers.ts";
import { Stage } from "./stage.ts";

/** Returns a stage with every pipeline. */
export function stage(): Stage {
  return new Stage({ ...pipelines, ...peers }, (ready: Ready, names: readonly Peer[]) =>
    names.length === 0 ? agree(ready) : agreeWith(names, ready),
  );
}
