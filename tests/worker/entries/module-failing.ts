import { failModule, ModuleError } from "split-events/internal/worker-part";
import worker from "split-events/worker";

export { EventOutbox, EventPace } from "split-events/worker";

type Handle = NonNullable<typeof worker.fetch>;

/** `/fail` makes the module of the isolate fail. All else is the Worker. */
export default {
  ...worker,
  async fetch(...given: Parameters<Handle>) {
    const [request] = given;
    if (new URL(request.url).pathname !== "/fail") return worker.fetch?.(...given);
    try {
      failModule();
    } catch (error) {
      if (error instanceof ModuleError) return new Response(error.code);
    }
    return new Response("it has not failed", { status: 500 });
  },
};
