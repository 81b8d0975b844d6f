import { Batcher, type Report } from "split-events";
import { comparable, DIFFERENCES, isSame, type Pair } from "./differences.ts";
import { eventText, mutated } from "./generator.ts";
import { Random } from "./random.ts";
import { bySdk } from "./sdk.ts";

/** Events that are checked by one batcher, so that it learns their shapes. */
const TOGETHER = 50;
const MUTATED = 0.05;
const FORMS = ["ndjson", "array", "objects"] as const;

export interface Tally {
  events: number;
  accepted: number;
  refused: number;
  notJson: number;
  /** How often each allowed difference was met. */
  differences: Record<string, number>;
  /** The first difference that is not allowed. */
  found?: { index: number; form: string; text: string; sdk: unknown; ours: unknown; errors: string[] };
}

/** Compares so many random events; stops at the first difference that is not allowed. */
export function compare(count: number, seed: number): Tally {
  const random = new Random(seed);
  const differences = Object.fromEntries(DIFFERENCES.map(({ name }) => [name, 0]));
  const tally: Tally = { events: 0, accepted: 0, refused: 0, notJson: 0, differences };
  while (tally.events < count && !tally.found) {
    if (random.chance((MUTATED * TOGETHER) / (1 + MUTATED * TOGETHER))) {
      group(tally, [mutated(random, eventText(random, "0").text)], "ndjson");
    } else {
      const size = Math.min(TOGETHER, count - tally.events);
      group(
        tally,
        Array.from({ length: size }, (_, at) => eventText(random, String(at)).text),
        random.of(FORMS),
      );
    }
  }
  return tally;
}

function group(tally: Tally, texts: string[], form: (typeof FORMS)[number]): void {
  const events = texts.map(parsed);
  const { sent, report } = check(texts, events, form);
  for (const [at, text] of texts.entries()) {
    const of = report.issues.filter((issue) => issue.index === at || issue.index === null);
    const pair: Pair = {
      event: events[at],
      sdk: bySdk(events[at]),
      ours: texts.length === 1 ? sent.values().next().value : sent.get(String(at)),
      object: form === "objects",
      errors: of.filter(({ severity }) => severity === "error").map(({ code }) => code),
      codes: of.map(({ code }) => code),
    };
    if (events[at] === undefined) tally.notJson += 1;
    if (pair.ours) tally.accepted += 1;
    else tally.refused += 1;
    const met = forgiven(pair);
    for (const name of met ?? []) tally.differences[name] = (tally.differences[name] ?? 0) + 1;
    if (!met) tally.found ??= { index: tally.events, form, text, sdk: pair.sdk, ours: pair.ours, errors: pair.errors };
    tally.events += 1;
  }
}

/** The allowed differences that make all of the difference; nothing where they do not. */
function forgiven(pair: Pair): string[] | undefined {
  const met: string[] = [];
  let left = pair;
  for (const { name, forgive } of DIFFERENCES) {
    if (agree(left)) break;
    const without = forgive(left);
    if (!without) continue;
    left = without;
    met.push(name);
  }
  return agree(left) ? met : undefined;
}

function agree({ sdk, ours, event }: Pair): boolean {
  if (event === undefined) return ours === undefined;
  if (!sdk || !ours) return !sdk && !ours;
  return isSame(comparable(sdk), comparable(ours));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What we would send, by the name that each event carries. */
function check(
  texts: string[],
  events: unknown[],
  form: (typeof FORMS)[number],
): { sent: Map<string, Record<string, unknown>>; report: Report } {
  const batcher = new Batcher({ format: form === "ndjson" ? "ndjson" : "json" });
  const input = { ndjson: () => texts.join("\n"), array: () => `[${texts.join(",\n")}]`, objects: () => events }[
    form
  ]();
  const batches = [...batcher.push(input), ...batcher.finish()];
  const report = batcher.report;
  batcher.free();
  const sent = new Map<string, Record<string, unknown>>();
  const decoder = new TextDecoder();
  for (const { body } of batches) {
    for (const event of JSON.parse(decoder.decode(body))) sent.set(event.environmentName ?? "", event);
  }
  return { sent, report };
}
