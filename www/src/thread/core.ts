import {
  type CheckOptions,
  type CodeInfo,
  Control,
  check,
  codes,
  InputError,
  init,
  presets,
  suggestMapping,
} from "split-events";
import type { Calls, Checked, Ended, Intent, Look, Reading, Target, Warm } from "../link/protocol.js";
import type { Controls } from "./controls.js";
import { serviceEndpoint } from "./endpoint.js";
import { sourcesOf, watchedSources } from "./files.js";
import { draftOf, keepDraft } from "./memory/draft.js";
import { Memory } from "./memory/memory.js";
import { checkOptions, isOverlay, isOwnShape, saidIn, sendOptions, withoutOverlay } from "./reading.js";
import { deliver } from "./send.js";
import { flush, tell } from "./tell.js";
import { troubleOf } from "./trouble.js";

/** What the thread does once the package is loaded. */
export type Core = {
  [Call in Exclude<keyof Calls, "control" | "connection" | "draft" | "mappings" | "keepMapping">]: (
    ...given: Parameters<Calls[Call]>
  ) => unknown;
} & {
  control: Calls["control"];
};

const memory = Memory.open();
let files: readonly File[] = [];
let look: Look | undefined;
/** How the files were checked, and are sent. */
let options: CheckOptions = {};
let checking = new AbortController();
let sending: Controls | undefined;

await init();

export const core: Core = {
  warm,
  sends,
  receipt,
  fetched,
  open,
  look: lookAgain,
  check: checkFiles,
  send,
  control,
  decide,
  remove,
  forget,
};

async function warm(): Promise<Warm> {
  const dropped = codes()
    .filter(({ dropped }: CodeInfo) => dropped)
    .map(({ code }) => code);
  return { service: await serviceEndpoint(), presets: presets(), dropped };
}

async function sends() {
  return (await memory).sends();
}

async function receipt(id: string) {
  return (await memory).receipt(id);
}

/** Reads what stands at an address, with nothing that tells who asks. */
async function fetched(address: string): Promise<File> {
  const response = await fetch(address, { credentials: "omit", referrerPolicy: "no-referrer" });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const name = decodeURIComponent(new URL(response.url).pathname.split("/").at(-1) ?? "");
  return new File([await response.blob()], name === "" ? new URL(response.url).host : name);
}

async function open(chosen: readonly File[]): Promise<{ look: Look; reading: Reading }> {
  files = chosen;
  look = undefined;
  const { reading = {} } = (await draftOf(chosen)) ?? {};
  return { look: await lookAgain(reading), reading };
}

async function lookAgain(reading: Reading): Promise<Look> {
  keepDraft(files, reading).catch(() => {});
  const { normalizeNames: _, flatten: __, repair: ___, ...looking } = saidIn(reading);
  try {
    const found = await suggestMapping(sourcesOf(files), looking);
    const isLaidOver = Object.keys(looking).some((option) => isOverlay(option));
    const base = isLaidOver ? (await suggestMapping(sourcesOf(files), withoutOverlay(looking))).mapping : found.mapping;
    look = { ...found, base, isOwn: found.parts.length > 0 && isOwnShape(found) };
  } catch (error) {
    const none = { isTable: false, mapping: {}, parts: [], missing: [], first: [], isOwn: false, base: {} };
    // what was seen before stays, so that a wrong option can be corrected
    look = { ...(look ?? none), trouble: troubleOf(error) };
  }
  return look;
}

async function checkFiles(reading: Reading): Promise<Checked> {
  checking.abort();
  checking = new AbortController();
  const { signal } = checking;
  keepDraft(files, reading).catch(() => {});
  options = checkOptions(saidIn(reading), look);
  const { fleeting } = await memory;
  const left = brokenOff();
  const checked = await whole(signal);
  flush("checking");
  signal.throwIfAborted();
  return { ...checked, ...(await left), ...(fleeting !== undefined && { fleeting }) };
}

/** Returns when an earlier send of the files began that ended early. */
async function brokenOff(): Promise<Pick<Checked, "brokenOff">> {
  const found = await (await memory).brokenOff(files).catch(() => undefined);
  return found ? { brokenOff: found.left.at } : {};
}

async function whole(signal: AbortSignal): Promise<Pick<Checked, "report" | "unread">> {
  const sources = watchedSources(files, (reach) => tell("checking", reach), signal);
  try {
    return { report: await check(sources, options) };
  } catch (error) {
    if (error instanceof InputError && error.report) return { report: error.report, unread: error.message };
    throw error;
  }
}

async function send(target: Target, intent: Intent): Promise<Ended | undefined> {
  const controls = { control: new Control(), stop: new AbortController(), cut: new AbortController() };
  sending = controls;
  try {
    const known = await memory;
    const ended = await deliver({ files, options: sendOptions(options), target, intent, controls, memory: known });
    return ended && { ...ended, ...(await brokenOff()) };
  } finally {
    sending = undefined;
    flush("sending");
  }
}

function control(word: Parameters<Calls["control"]>[0]): void {
  if (!sending) checking.abort();
  else if (word === "pause") sending.control.pause();
  else sending.control.resume(); // a paused send would never stop
  if (word === "stop") sending?.stop.abort();
  if (word === "cut") sending?.cut.abort();
}

async function decide(...given: Parameters<Calls["decide"]>): Promise<void> {
  await (await memory).decide(...given);
}

async function remove(id: string): Promise<void> {
  await (await memory).remove(id);
}

async function forget(): Promise<boolean> {
  return (await memory).forget();
}
