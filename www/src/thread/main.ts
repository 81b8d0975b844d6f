import type { Calls, ToPage, ToThread } from "../link/protocol.js";
import { draftOf } from "./memory/draft.js";
import { History } from "./memory/history.js";
import { forgetMapping, keepMapping, keptMappings } from "./memory/mappings.js";

/** Answers the calls of the page. The package is loaded by the first call that needs it. */
addEventListener("message", async ({ data }: MessageEvent<ToThread>) => {
  const { id, call, given } = data;
  try {
    post({ id, value: await answer(call, given) });
  } catch (error) {
    const { troubleOf } = await import("./trouble.js").catch(() => ({ troubleOf: plain }));
    post({ id, trouble: troubleOf(error) });
  }
});

let loading: Promise<typeof import("./core.js")> | undefined;

async function answer(call: keyof Calls, given: unknown[]): Promise<unknown> {
  if (call === "connection") return connection(given[0] as "online" | "offline");
  if (call === "draft") return draftOf();
  if (call === "mappings") return keptMappings();
  if (call === "keepMapping") {
    const [name, mapping] = given as Parameters<Calls["keepMapping"]>;
    return mapping === undefined ? forgetMapping(name) : keepMapping({ id: name, mapping });
  }
  if (call === "sends" && !loading && !(await hasJournals())) return new History().sends();
  loading ??= import("./core.js");
  const { core } = await loading;
  return (core[call] as (...given: unknown[]) => unknown)(...given);
}

/** Makes the thread know what the page knows: browsers tell workers late of the connection, or not at all. */
function connection(word: "online" | "offline"): void {
  Object.defineProperty(navigator, "onLine", { value: word === "online", configurable: true });
  dispatchEvent(new Event(word));
}

/** Tells whether a send is not over. Only then the list of sends needs the package, which reads journals. */
async function hasJournals(): Promise<boolean> {
  const databases = await (indexedDB.databases?.() ?? []);
  return databases.some(({ name }) => name?.startsWith("split-events-page/journal/"));
}

function plain(error: unknown) {
  return {
    kind: "other" as const,
    code: "unexpected",
    message: error instanceof Error ? error.message : String(error),
  };
}

function post(said: ToPage): void {
  postMessage(said);
}
