import { readFileSync } from "node:fs";
import {
  Batcher,
  type BatcherOptions,
  type CheckOptions,
  type ClientOptions,
  type CloseOptions,
  check,
  createClient,
  type DeliverOptions,
  type DeliveryOptions,
  type FlushOptions,
  KnownKeys,
  type KnownKeysOptions,
  type ListOptions,
  Outbox,
  type OutboxOptions,
  type ResolveAllOptions,
  type ResumeOptions,
  resumeImport,
  type SendOptions,
  type Source,
  Sources,
  type SuggestOptions,
  send,
  submit,
  suggestMapping,
} from "split-events";
import {
  type DurableObjectStorageLike,
  type DurableObjectStoreOptions,
  durableObjectStore,
} from "split-events/stores/durable-object";
import { type IndexedDbStoreOptions, indexedDbStore } from "split-events/stores/indexed-db";
import { memoryStore } from "split-events/stores/memory";
import { expect, test } from "vitest";
import { withDefaults } from "../../pkg/build/options/checked.js";
import type { Names } from "../../pkg/build/options/derive.js";
import { type Row, rowsFor, TABLE } from "../../pkg/build/options/rows.js";
import { type GROUPS, TAKERS, type Taker } from "../../pkg/build/options/table.js";
import { BEGIN, deliveryTable, END, optionsPage } from "../../scripts/lib/option-tables.mjs";
import { event } from "../support/events.js";

interface Types {
  check: CheckOptions;
  Batcher: BatcherOptions;
  suggestMapping: SuggestOptions;
  send: SendOptions;
  submit: DeliveryOptions;
  resumeImport: ResumeOptions;
  createClient: ClientOptions;
  "client.flush": FlushOptions;
  "client.close": CloseOptions;
  "Outbox.open": OutboxOptions;
  "outbox.deliver": DeliverOptions;
  "outbox.list": ListOptions;
  "outbox.resolveAll": ResolveAllOptions;
  "KnownKeys.read": KnownKeysOptions;
  Sources: Source;
  indexedDbStore: IndexedDbStoreOptions;
  durableObjectStore: DurableObjectStoreOptions;
}

type NamesOf<T extends Taker> = Names<typeof GROUPS, T>;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;

// does not compile if the types and the table have different options
const typesAgree: { [T in Taker]: Same<NamesOf<T>, keyof Types[T]> } = {
  check: true,
  Batcher: true,
  suggestMapping: true,
  send: true,
  submit: true,
  resumeImport: true,
  createClient: true,
  "client.flush": true,
  "client.close": true,
  "Outbox.open": true,
  "outbox.deliver": true,
  "outbox.list": true,
  "outbox.resolveAll": true,
  "KnownKeys.read": true,
  Sources: true,
  indexedDbStore: true,
  durableObjectStore: true,
};

const SECRET = "a-secret-that-nobody-may-see";
const apiKey = "a-key-for-tests";
const nowhere = { apiKey, fetch: () => Promise.reject(new Error("nothing may be sent")) };
const batch = {
  id: "1",
  events: 1,
  body: new TextEncoder().encode(JSON.stringify([event(0)])) as Uint8Array<ArrayBuffer>,
  from: { index: 0, line: 1 },
  to: { index: 0, line: 1 },
};
const storage: DurableObjectStorageLike = {
  sql: { exec: () => ({ toArray: () => [] }) },
  transactionSync: (work) => work(),
  sync: async () => {},
};

/** Calls each function with the options under test. */
const CALLS: Record<Taker, (options: never) => unknown> = {
  check: (options) => check("", options),
  Batcher: (options) => new Batcher(options),
  send: (options) => send("", options),
  suggestMapping: (options) => suggestMapping("", options),
  submit: (options) => submit(batch, options),
  resumeImport: (options) => resumeImport(memoryStore(), options),
  createClient: (options) => createClient(options).close(),
  "client.flush": (options) => createClient(nowhere).flush(options),
  "client.close": (options) => createClient(nowhere).close(options),
  "Outbox.open": (options) => Outbox.open(memoryStore(), options),
  "outbox.deliver": async (options) => (await Outbox.open(memoryStore(), nowhere)).deliver(options),
  "outbox.list": async (options) => (await Outbox.open(memoryStore(), nowhere)).list("planned", options),
  "outbox.resolveAll": async (options) =>
    (await Outbox.open(memoryStore(), nowhere)).resolveAll("unknown", "drop", options),
  "KnownKeys.read": (options) => KnownKeys.read("key\na\n", options),
  Sources: (options) => new Sources([options as Source]),
  indexedDbStore: (options) => indexedDbStore("options", options),
  durableObjectStore: (options) => durableObjectStore({ ...storage }, options),
};
const takers = Object.keys(TAKERS) as Taker[];

async function failure(taker: Taker, options: unknown): Promise<{ name: string; code: string; message: string }> {
  const given = taker === "Sources" && isObject(options) ? Object.assign(options, { input: "" }) : options;
  try {
    await CALLS[taker](given as never);
  } catch (error) {
    return error as { name: string; code: string; message: string };
  }
  return { name: "none", code: "none", message: "none" };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Returns options with this value, nested if the name has a dot. */
function within(name: string, value: unknown): Record<string, unknown> {
  const [parent, own] = name.split(".") as [string, string?];
  return own === undefined ? { [parent]: value } : { [parent]: { [own]: value } };
}

const given = (taker: Taker) => rowsFor(taker).filter(({ internal }) => !internal);

test("the types and the table have the same options", () => {
  expect(Object.keys(typesAgree)).toEqual(takers);
});

test("a misspelt option is refused with the name that was probably meant, and its value is not shown", async () => {
  const typos = (name: string): string[] => {
    const at = Math.floor(name.length / 2);
    return [
      `${name.slice(0, at - 1)}${name[at]}${name[at - 1]}${name.slice(at + 1)}`,
      name.slice(0, at) + name[at] + name.slice(at),
      name.slice(0, at) + name.slice(at + 1),
      name.slice(0, -1),
      name.slice(1),
      `${name}s`,
      name.toLowerCase() === name ? name.toUpperCase() : name.toLowerCase(),
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    ];
  };
  let driven = 0;
  for (const taker of takers) {
    const names = new Set<string>(given(taker).map(({ name }) => name));
    for (const name of names) {
      const [parent, own] = name.includes(".") ? (name.split(".") as [string, string]) : ["", name];
      for (const typo of new Set(typos(own).filter((typo) => typo !== own))) {
        const written = parent === "" ? typo : `${parent}.${typo}`;
        const { code, message } = await failure(taker, within(written, SECRET));
        const asked = /^\w+$/.test(typo) ? written : `${parent && `${parent}.`}${JSON.stringify(typo)}`;
        expect(`${code}: ${message}`).toBe(`unknown_option: ${asked} is no option of ${taker}: did you mean ${name}?`);
        driven += 1;
      }
    }
  }
  expect(driven).toBeGreaterThan(500);
});

test("a function refuses an option that it does not take, and names the functions that do", async () => {
  let driven = 0;
  for (const taker of takers) {
    const names = new Set(TABLE.filter(({ internal }) => !internal).map(({ name }) => name));
    for (const { name } of given(taker)) names.delete(name);
    for (const name of names) {
      const { code, message } = await failure(taker, within(name, SECRET));
      expect(code).toBe("unknown_option");
      expect(message).not.toContain(SECRET);
      const takes = TABLE.filter((row) => row.name === name).flatMap(({ of }) => of);
      expect(message).toContain(` of ${taker}`);
      if (!message.includes("did you mean")) for (const one of takes) expect(message).toContain(one);
      driven += 1;
    }
  }
  expect(driven).toBeGreaterThan(500);
  expect((await failure("send", { maxQueueEvents: 1 })).message).toBe(
    "maxQueueEvents is an option of createClient, not of send",
  );
});

test("common other names of an option are refused with its name", async () => {
  for (const [taker, options, said] of [
    ["send", { endPoint: "http://127.0.0.1" }, "endPoint is no option of send: did you mean endpoint?"],
    ["send", { retry: { maxAttempts: 1 } }, "retry.maxAttempts is no option of send: did you mean retry.attempts?"],
    ["createClient", { attempts: 1 }, "attempts is no option of createClient: did you mean retry.attempts?"],
    ["send", { timeout: 1 }, "timeout is no option of send: did you mean timeoutMs?"],
    ["resumeImport", { deadline: 1 }, "deadline is no option of resumeImport: did you mean deadlineMs?"],
    ["client.close", { deadline: 1 }, "deadline is no option of client.close: did you mean deadlineMs?"],
    ["check", { repiar: "refuse" }, "repiar is no option of check: did you mean repair?"],
    [
      "createClient",
      { deadline: 1 },
      "deadline is no option of createClient: did you mean deadlineMs, an option of send, resumeImport and Outbox.open?",
    ],
    ["check", { whatever: 1 }, "whatever is no option of check: CheckOptions says which there are"],
    ["check", { "a b": 1 }, '"a b" is no option of check: CheckOptions says which there are'],
  ] as const) {
    expect(await failure(taker, options)).toMatchObject({ name: "ConfigError", code: "unknown_option", message: said });
  }
  const late = check(new Sources(new Set([{ name: "a", input: "", liev: true }]) as never));
  await expect(late).rejects.toMatchObject({
    name: "InputError",
    message: expect.stringContaining("did you mean live?"),
  });
});

test("undefined and null count as not given, whatever the name", async () => {
  for (const nothing of [undefined, null]) {
    for (const taker of takers) {
      const rows = given(taker).filter(({ required, name }) => !required && !name.includes("."));
      const options: Record<string, unknown> = Object.fromEntries(rows.map(({ name }) => [name, nothing]));
      const { code } = await failure(taker, { ...options, retry: nothing, whatever: nothing });
      expect(["unknown_option", "invalid_option"]).not.toContain(code);
    }
    const report = await check([event(0, { timestamp: 1_000_000_000_000 })], {
      now: nothing,
      format: nothing,
    } as never);
    expect(report).toMatchObject({ events: 1, warned: 1 });
  }
});

test("own and inherited options count, but not those that are added to Object.prototype", async () => {
  class Settings {
    maxEvents = 1;
    get maxBytes() {
      return 1_000_000;
    }
    describe() {}
  }
  const two = JSON.stringify([event(0), event(1)]);
  expect(new Batcher(new Settings()).push(two)).toHaveLength(1);
  expect(new Batcher(Object.create({ maxEvents: 1 })).push(two)).toHaveLength(1);
  expect(new Batcher(Object.assign(Object.create(null), { maxEvents: 1 })).push(two)).toHaveLength(1);
  expect(await failure("Batcher", Object.create({ maxEvent: 1 }))).toMatchObject({ code: "unknown_option" });
  const everywhere = Object.prototype as unknown as Record<string, unknown>;
  everywhere.added = 1;
  try {
    expect(new Batcher({ maxEvents: 1 }).push(two)).toHaveLength(1);
  } finally {
    delete everywhere.added;
  }
});

test("options that are not an object are refused with a message", async () => {
  for (const taker of takers) {
    if (taker === "Sources") continue;
    for (const [options, is] of [
      ["maxEvents=1", "a string"],
      [5, "a number"],
      [true, "a boolean"],
      [() => {}, "a function"],
      [[], "an array"],
      [new Map(), "an object that is iterated over"],
      [Promise.resolve({}), "a promise: await it"],
    ] as const) {
      expect(await failure(taker, options)).toMatchObject({
        name: "ConfigError",
        message: `options must be an object, as ${TAKERS[taker]} describes it, but is ${is}`,
      });
    }
  }
  expect((await failure("send", { retry: 3 })).message).toBe(
    "retry must be an object as { attempts, baseMs, capMs }, but is a number",
  );
  expect((await failure("send", { retry: [3] })).message).toContain("but is an array");
});

test("a value of another type or out of range is refused with what is expected", async () => {
  for (const taker of takers) {
    for (const row of given(taker)) {
      const { type, least, most, above, name } = row as Row;
      const wrong: unknown[] = type === "any" || type === "columns" ? [] : [Symbol("x")];
      if (type === "whole" || type === "number") {
        wrong.push("5", Number.NaN, Number.POSITIVE_INFINITY, true);
        if (least !== undefined) wrong.push(above ? least : least - 1);
        if (most !== undefined) wrong.push(most + 1);
        if (type === "whole") wrong.push((least ?? 0) + 0.5);
      } else if (type !== "any") wrong.push(type === "clock" ? 0 : 5, "other", {});
      for (const value of wrong) {
        if (["text", "key", "address", "mapping"].includes(type) && value === "other") continue;
        if (["statuses", "columns", "fields", "mapping"].includes(type) && isObject(value)) continue;
        const { name: kind, message, code } = await failure(taker, within(name, value));
        expect([kind, `${message} `.startsWith(`${name} `)], `${taker} ${name} ${String(value)}`).toEqual([
          "ConfigError",
          true,
        ]);
        expect(["invalid_option", "missing_api_key", "invalid_endpoint"]).toContain(code);
      }
    }
  }
  expect((await failure("send", { concurrency: 0 })).message).toBe(
    "concurrency must be a whole number of requests from 1 to 1000, but is 0",
  );
  expect((await failure("send", { apiKey: SECRET, format: SECRET })).message).not.toContain(SECRET);
  expect((await failure("send", { apiKey, resend: "other-key" })).message).toContain("ledger");
});

test("an option that is not given has the default of the function that was called", () => {
  for (const taker of takers) {
    const { retry, ...values } = withDefaults(taker, {}) as Record<string, unknown>;
    for (const { name, default: usual } of rowsFor(taker)) {
      const own = name.startsWith("retry.") ? (retry as Record<string, unknown>)[name.slice(6)] : values[name];
      expect(own, `${taker} ${name}`).toBe(usual);
    }
    const named = new Set(rowsFor(taker).map(({ name }) => name));
    expect(Object.keys(values).filter((name) => !named.has(name))).toEqual([]);
  }
  expect(withDefaults("send", {})).not.toHaveProperty("deadlineMs");
  expect(withDefaults("send", { maxEvents: 5, retry: { capMs: 1 } })).toMatchObject({
    ...{ maxEvents: 5, maxBytes: 1_000_000 },
    retry: { attempts: 8, baseMs: 500, capMs: 1 },
  });
});

test("the docs of a type tell the default that stands in the table", () => {
  const types = readFileSync("pkg/build/options/table.d.ts", "utf8");
  const docs = Array.from(types.matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s*(\w+):/gs), ([, doc, name]) => ({
    doc,
    name,
  }));
  for (const { name, type, default: usual } of TABLE) {
    if (usual === undefined || usual === false) continue;
    const own = name.split(".").at(-1);
    const text = type === "word" ? `\`${usual}\` (default)` : usual.toLocaleString("en-US");
    const told = docs.filter((one) => one.name === own && one.doc?.includes(text));
    expect(told.length, `${name}: default ${text}`).toBeGreaterThan(0);
  }
});

test("the tables in the documentation are up to date: npm run options writes them", () => {
  expect(readFileSync("docs/OPTIONS.md", "utf8")).toBe(optionsPage());
  const page = readFileSync("docs/DELIVERY.md", "utf8");
  expect(page.slice(page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)).trim()).toBe(deliveryTable().trim());
});

test("the module gets the defaults of the function that was called", () => {
  for (const taker of ["send", "createClient"] as const) {
    const rows = rowsFor(taker).filter(({ name }) => !name.includes("."));
    const wanted = rows.filter((row) => row.default !== undefined).map((row) => [row.name, row.default]);
    const { retry, ...values } = withDefaults(taker, {});
    expect(values).toEqual(Object.fromEntries(wanted));
    // that of close() would end every send after 10 s
    expect(values).not.toHaveProperty("deadlineMs");
    expect(retry).toEqual({ attempts: 8, baseMs: 500, capMs: 30_000 });
  }
});
