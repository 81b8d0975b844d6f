import type { Receipt, Report } from "split-events";
import { count, counted, decisions, duration, heldBack, listed } from "split-events/internal/words";

type Text = string;

/** Every text of the page. A second language is a file of the same type. What the module says of events is English. */
export const messages = {
  title: "split-events",
  titleOf: (heading: Text) => `${heading} · split-events`,
  steps: {
    label: "Steps",
    file: "File",
    columns: "Columns",
    problems: "Problems",
    plan: "Plan",
    send: "Send",
    receipt: "Receipt",
  },
  skip: "Skip to the current step",
  foot: {
    local: "Everything runs in your browser; no file leaves it before you press Send. In a terminal the same check is ",
    remembered: "What was sent is remembered in this browser only, so that nothing is sent twice. ",
    forget: "Forget everything…",
    newer: "A newer version of this page is there. Close all its tabs, then open it again.",
  },
  failure: {
    noModule: (why: Text) => `The checker, a WebAssembly module, could not be loaded: ${why}.`,
    unchecked: (why: Text) => `These files could not be checked: ${why}.`,
    unexpected: (why: Text) => `something unexpected happened (${why}): reload the page`,
    unreadable:
      "this page cannot read what another version of it has remembered in this browser: use that version, or choose “Forget everything…” below",
    withFields: (message: Text) =>
      message
        .replace(/^apiKey\b/, "The SDK key")
        .replace(/^endpoint\b/, "The address")
        .replace(/\bapiKey\b/, "“SDK key”"),
  },
  file: {
    heading: "Know what Split would drop. Before you send it.",
    lead:
      "Split (Harness FME) answers “202 Accepted” and silently drops bad events later. This page finds them first, " +
      "repairs what it can, sends what is good, and tells you how every single event ended.",
    invitation: "Drop your events here",
    choose: "Choose files",
    formats:
      "JSON, NDJSON, CSV, TSV, Parquet or Excel, also in gzip, zstd or zip, and exports of Segment, Amplitude, Mixpanel and others · several files at once · any size",
    example: "Try the documentation’s example",
    exampleAbout: "Two events, word for word from the service’s own documentation. Guess how many would arrive.",
    again: (names: readonly Text[]) =>
      `Choose ${listed(names)} again to go on: what you said about ${names.length === 1 ? "it" : "them"} is kept.`,
    notNow: "Not now: wait until this step is over, then drop the files again.",
    noFile: "What you dropped holds no file: drop files of events.",
    folders: (names: readonly Text[]) =>
      `${listed(names)} ${names.length === 1 ? "is a folder" : "are folders"}: drop the files in it instead.`,
    talk: {
      caption: "Meanwhile, without a check",
      you: "You",
      split: "Split",
      wrong: 'timestamp: "1645557823"',
      answer: "202 Accepted",
      lovely: "Lovely.",
      silent: "(drops it: seconds, not milliseconds. Tells nobody.)",
    },
    promises: [
      ["Checked right here", "Your files stay in this browser until you press Send."],
      ["Nothing sent twice unasked", "What may have arrived is shown to you, not sent again."],
      ["Every event accounted for", "Accepted, refused, unknown or unsent. It always adds up."],
    ],
    open: "Not finished yet",
    past: "Sent from this browser",
    decide: "Decide…",
    changeDecision: "Change what you decided…",
    forgetSend: "Forget this send…",
    noEvents: "no events",
    sentBefore: (n: number) => `${count(n)} sent before`,
    seeReceipt: "See the receipt",
    otherWays: "Paste, or read from an address",
    paste: "Events as text",
    pasteHint: "JSON, NDJSON or a table with a header row. It stays in this browser, too.",
    pasteUse: "Use this text",
    pastedName: "pasted.txt",
    address: "Address of a file",
    addressHint: "Your browser asks that server for the file. It must allow pages of other servers to read it (CORS).",
    addressUse: "Read the file",
    notFetched: (why: Text) =>
      `It could not be read (${why}). Perhaps its server allows no other page to: save the file, and choose it here.`,
    template: "A template (CSV)",
    elsewhere: "Another tab of this page is sending this now.",
    moreFiles: (n: number) => ` and ${counted(n, "more file", "more files")}`,
    to: (moment: Text, host: Text) => `${moment} · to ${host}`,
    left: (n: number | undefined) =>
      `${n === undefined ? "It ended early" : `${counted(n, "event")} can still be sent`}: choose the same files again to go on where it stopped.`,
  },
  files: { label: "Files", more: (n: number) => `and ${count(n)} more` },
  checking: {
    heading: "Checking…",
    reading: "Reading ",
    place: (at: number, of: number) => ` (${count(at)} of ${count(of)})`,
    bar: "Checking",
    done: (read: Text, of: Text, left: number | undefined) =>
      `${read} of ${of}${left !== undefined && left > 1 ? ` · ${duration(left)} left` : ""}`,
    cancel: "Cancel",
    note: "Nothing is being sent.",
  },
  columns: {
    heading: "What is what in your file?",
    sheetHeading: "Which sheet holds the events?",
    eyebrow: "Nothing has been sent yet",
    found: ({ preset, title, isTable, parts, isOwn }: Found) => {
      const what = isTable ? `a table of ${counted(parts, "column")}` : "JSON";
      if (title !== undefined)
        return `This is an export of ${title}: it was recognised, and each field has its source.`;
      if (preset !== undefined) return `This is read as ${preset}.`;
      if (isOwn) return `This is ${what} with the names of the service’s own fields.`;
      return `This is ${what}. For each field, the source that fits best is chosen.`;
    },
    missing: (n: number) =>
      n === 0
        ? "Everything that an event needs has a source."
        : `${n === 1 ? "One thing is" : `${count(n)} things are`} still to be said.`,
    unreadable: (why: Text) => `The file could not be looked at: ${why}.`,
    howRead: "How the file is read",
    presetLabel: "Export of",
    presetAuto: (title: Text | undefined) =>
      title === undefined ? "what it looks like" : `what it looks like: ${title}`,
    presetNone: "no known system",
    formatLabel: "Read the files as",
    formats: {
      auto: "what it looks like",
      json: "JSON",
      ndjson: "NDJSON: one event per line",
      csv: "CSV: a table with commas",
      tsv: "TSV: a table with tabs",
    },
    separatorLabel: "Between cells",
    separators: { auto: "what it looks like", ",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar" },
    encodingLabel: "Encoding",
    encodings: {
      "": "UTF-8, or UTF-16 by its mark",
      "utf-8": "UTF-8",
      "utf-16le": "UTF-16, little endian",
      "utf-16be": "UTF-16, big endian",
      "windows-1252": "Windows-1252 (ANSI, Western Europe)",
    },
    skipRowsLabel: "Lines above the header row",
    skipRowsAuto: "what it looks like",
    sheetLabel: "Sheet to read of a workbook (sheet)",
    fieldsHeading: "Fields of each event",
    sourceLabel: "comes from",
    sources: {
      none: "Choose its source",
      absent: "Not in this file",
      same: "The same for all rows",
      columns: "Columns",
      paths: "Paths",
    },
    sameLabel: (field: Text) => `${field} of all rows`,
    such: (samples: readonly Text[]) => `such as ${samples.join(", ")}`,
    fields: {
      eventTypeId: ["Event type", "What happened: the name that metrics count."],
      trafficTypeName: ["Traffic type", "What the key stands for, such as user or account."],
      key: ["Key", "Who did it: the key that getTreatment() was given."],
      timestamp: ["Time", "When it happened."],
      value: ["Value", "A number, such as an amount. Not every event has one."],
    },
    times: {
      formatLabel: "Dates are written",
      formats: {
        auto: "as they look",
        iso: "as 2026-11-20",
        dmy: "day first, as 20/11/2026",
        mdy: "month first, as 11/20/2026",
        ymd: "year first, as 2026/11/20",
        serial: "as a spreadsheet’s days",
      },
      unitLabel: "Numbers are",
      units: { auto: "what they look like", s: "seconds", ms: "milliseconds", us: "microseconds", ns: "nanoseconds" },
      zoneLabel: "Zone of times that name none",
      zoneHint: "As UTC, +02:00 or Europe/Berlin.",
      becomes: (time: Text) => `The first one becomes ${time}.`,
      unknown: "No time was found in the first rows.",
    },
    decimals: {
      label: "Decimals are written with",
      words: {
        "": "a point, without thousands separators",
        point: "a point, as 1,234.50",
        comma: "a comma, as 1.234,50",
      },
    },
    propertiesHeading: "Properties",
    propertiesLead: "Every other column is a property of its event, unless you leave it out.",
    property: {
      column: "Column",
      samples: "Such as",
      keep: "Keep",
      keepOf: (name: Text) => `Keep ${name}`,
      name: "Name",
      nameOf: (name: Text) => `Name of ${name}`,
      type: "Read as",
      typeOf: (name: Text) => `Read ${name} as`,
      types: { "": "it looks", text: "text", number: "number" },
      field: (fields: readonly Text[]) => `is ${listed(fields)}`,
    },
    moreParts: (n: number) => `Show ${count(n)} more`,
    firstHeading: "The first records, before and after",
    before: "Before",
    after: "After",
    line: (n: number) => `Line ${count(n)}`,
    noEvent: "No event: see Problems for the reason.",
    noRecord: "No record was found.",
    updating: "Looking again…",
    mappingHeading: "Keep this mapping",
    mappingLead: "The file also works in a terminal: ",
    save: "Mapping (JSON)",
    load: "Use a mapping file",
    loaded: (name: Text) => `The mapping of ${name} is used.`,
    notLoaded: (name: Text, why: Text) => `${name} is no mapping: ${why}.`,
    reset: "As it was recognised",
    keptLabel: "Mappings kept in this browser",
    keptNone: "Choose one",
    keptUsed: (name: Text) => `The mapping ${name} is used.`,
    keepLabel: "Name to keep it under",
    keep: "Keep it in this browser",
    keepDone: (name: Text, isKept: boolean) =>
      isKept ? `The mapping is kept as ${name}.` : "This browser keeps nothing: save the mapping as a file.",
    keepForget: (name: Text) => `Forget ${name}`,
    check: (n: number) => `Check ${n === 1 ? "the file" : `${count(n)} files`}`,
    lookAgain: "Look again",
    asIt: "Check as it is",
    fieldMissing: "This is still to be said.",
    other: "Choose other files",
  },
  problems: {
    eyebrow: "Nothing has been sent yet",
    eyebrowAfter: "The check before sending",
    own: "And that is the documentation’s own example. It happens to the best.",
    found: "found in the files",
    heading: "What was found",
    goOn: (n: number) => `Continue with ${counted(n, "event")}`,
    toReceipt: "Back to the receipt",
    toColumns: "Change columns",
    other: "Choose other files",
    report: "The whole check (JSON)",
    severities: { error: "Refused", repair: "Repaired", warning: "Warning", note: "Note" },
    times: (n: number) => `${count(n)} ×`,
    dropped: " · unchanged, the service would silently drop such an event",
    firstOf: (shown: number, n: number) => ` · the first ${count(shown)} of ${count(n)} are listed`,
    showMore: (n: number) => `Show ${count(n)} more`,
    headings: { file: "File", line: "Line", event: "Event", field: "Field", found: "Found" },
    nothing: "nothing",
    atByte: (byte: number) => `at byte ${byte}: `,
    input: "input",
    line: (n: number) => `, line ${count(n)}`,
    differently: "Check differently",
    names: "Turn spaces and other characters that an eventTypeId may not have into _ (normalizeNames)",
    flatten: "Turn nested objects in properties into dotted names, as a.b.c (flatten)",
    strict: "Repair nothing: refuse instead (strict)",
    again: "Check again",
    options: {
      format: "“Read the files as” (under “Columns”)",
      normalizeNames: "normalizeNames (under “Check differently”)",
      flatten: "flatten (under “Check differently”)",
      map: "“Columns”",
      set: "“The same for all rows” (under “Columns”)",
      sheet: "“Sheet to read” (under “Columns”)",
      separator: "“Between cells” (under “Columns”)",
      encoding: "“Encoding” (under “Columns”)",
      timestampUnit: "“Numbers are” (under “Columns”)",
      timestampZone: "“Zone of times” (under “Columns”)",
      timestampFormat: "“Dates are written” (under “Columns”)",
      decimal: "“Decimals” (under “Columns”)",
      maxBytes: "--max-bytes of the command",
    } as Record<string, Text>,
    verdict: checkVerdict,
  },
  plan: {
    heading: (n: number, isLeft: boolean) =>
      isLeft ? `Send what is left of ${counted(n, "event")}` : `Send ${counted(n, "event")}`,
    whatGoes,
    notAgain: "What was accepted is not sent again.",
    key: "SDK key",
    keyHint:
      "The key of the environment that the events belong to, not an Admin key. It is never stored, and goes to the address below only.",
    endpoint: "Address of the service",
    endpointHint: "The events and the key go there.",
    sendLeft: "Send what is left",
    back: "Back to the check",
    elsewhere: "This is not Split’s own address: your key and your events go to ",
    linked: "This address came with the link that opened this page.",
    brokenOff: (moment: Text) =>
      `An earlier send of these files began ${moment} and ended early. This one goes on where it stopped: what was accepted is not sent again, and what was under way is unknown.`,
    fleeting:
      "This browser keeps nothing for this page, as in some private windows. Once you close or reload the page, it no longer knows what it has sent, and can send it twice.",
  },
  held: {
    heading: (held: number, fresh: number, allOtherKey: boolean) => {
      const events = held + fresh;
      const which = held === events ? all(events) : `${count(held)} of ${counted(events, "event")}`;
      return `${which} ${held === 1 ? "was" : "were"} sent before${allOtherKey ? ", with another key" : ""}.`;
    },
    lead: (fresh: number) =>
      fresh === 0
        ? "There is nothing new to send."
        : `The ${fresh === 1 ? "other one is" : `other ${counted(fresh, "event")} are`} new and can be sent.`,
    otherKeyFound: (n: number, host: Text) =>
      `${were(n)} sent from this browser to ${host} before with another SDK key. They are held back unless you tick the box.`,
    otherKey: (n: number) => `Send ${these(n)} with this key, too`,
    otherKeyEffect:
      "Do so if this key is of another environment. If it is a new key of the same environment, they count twice.",
    sentFound: (n: number, host: Text) =>
      `${were(n)} sent from this browser to ${host} before, or may have been. They are held back, so that they do not count twice.`,
    again: (sent: number, otherKey: number) =>
      `Send ${otherKey > 0 ? `all ${counted(sent + otherKey, "event")}` : these(sent)} again all the same`,
    againEffect: "Events that arrive a second time count twice in your metrics, and that cannot be undone.",
    send: (n: number) => `Send ${counted(n, "event")}`,
    other: "Choose other files",
    back: "Back",
  },
  send: {
    heading: "Sending…",
    bar: "Sending",
    to: "To ",
    announce: (n: number) => `${counted(n, "event")} to send.`,
    settled: (n: number, total: number) => `${count(n)} of ${counted(total, "event")}`,
    underWay: (n: number) => `${counted(n, "request")} under way`,
    pause: "Pause",
    goOn: "Go on",
    stop: "Stop",
    cut: "Cut off now",
    paused: "Paused: nothing is sent until you go on.",
    pausedShort: "Paused.",
    goingOn: "Going on.",
    hint: "Stop waits for the answers to requests under way, so that no event ends unknown.",
    stopping:
      "Stopping: nothing more is sent, and the page waits for the answers to requests under way. If you cut them off, their events end unknown.",
    cutting: "Cutting off…",
    offline: "You are offline: sending goes on when the connection is back.",
    online: "The connection is back: going on.",
    waitingTab: "Another tab of this page is sending. This one begins when the other has finished.",
    waitingLedger: "Looking whether any of these events were sent before…",
    stopped: (why: Text) => `Nothing more is sent: ${why}.`,
    asked: (ms: number) => `The service asked for a pause: sending goes on in ${duration(ms / 1000)}.`,
    speed: (n: number) => `${count(n)} events a second`,
    left: (seconds: number) => `${duration(seconds)} left`,
  },
  receipt: {
    eyebrow: "Receipt",
    verdict: receiptVerdict,
    early: "Sending ended early: ",
    forgotten: "what this page remembers was deleted, by “Forget everything” in another tab or by the browser.",
    onlyWhatIsLeft:
      "Do not choose the same files again: the page no longer knows what was accepted, and would send it twice. Save the unsent events, and send them by the command below.",
    incomplete: "The input was not read to its end: the counts are those of the part that was read.",
    accounted: "Every event is accounted for.",
    arrived: (n: number) => `Did ${n === 1 ? "this batch" : "these batches"} arrive?`,
    apply: "Apply these decisions",
    unaccepted: "Batches that were not accepted",
    moreReasons: (n: number) => `The receipt has ${counted(n, "more reason")}.`,
    save: "Save the receipt and the events",
    downloads: {
      label: "Downloads",
      json: "Receipt (JSON)",
      csv: "Batches (CSV)",
      table: (n: number) => `${count(n)} refused (table)`,
      state: (n: number, state: Text) => `${count(n)} ${state} (NDJSON)`,
    },
    terminal: "To send the unsent events from a terminal: ",
    correct:
      "Correct the refused events and choose the file again, under any name: what was accepted is not sent twice.",
    withThisKey: (n: number) => `Send ${counted(n, "event")} with this key, too…`,
    sendLeft: "Send what is left…",
    corrected: "Choose the corrected file",
    other: "Check other files",
    seeCheck: "See the check",
    keptWithout: "This browser keeps receipts, but no events: those that were not accepted are in your files.",
    first: ", the first",
    from: " from ",
    to: " to ",
    at: " at ",
    inBatches: (events: number, batches: number) =>
      ` · ${counted(events, "event")} in ${counted(batches, "batch", "batches")}`,
  },
  decide: {
    heading: (n: number) => (n === 1 ? "Did this event arrive?" : `Did these ${counted(n, "event")} arrive?`),
    about: (host: Text, moment: Text) => `, sent to ${host} ${moment}.`,
    save: "Save these decisions",
    back: "Back",
    lead: "No answer said whether the service took them. Look in Split whether they arrived, then decide:",
    unknown: "I don’t know yet",
    each: "Decide about each batch",
    choices: decisions,
    all: (n: number) => `All ${count(n)} batches at once`,
    more: (n: number) =>
      `There are ${counted(n, "more batch", "more batches")}, which the decision about all batches covers.`,
    batch: " · batch ",
    unchanged: "Nothing has changed: decide about at least one batch.",
    sum: (arrived: number, again: number, dropped: number, open: number) => {
      const part = (events: number, what: Text) => (events > 0 ? [`${counted(events, "event")} ${what}`] : []);
      const parts = [
        ...part(arrived, "arrived"),
        ...part(again, "to send again"),
        ...part(dropped, "given up"),
        ...part(open, "undecided"),
      ];
      return `So far: ${listed(parts)}.`;
    },
    saved: (files: readonly Text[], again: number) => {
      if (again === 0) return "Your decisions are saved.";
      const which = files.length === 1 ? `${files[0]} again` : "the same files again";
      return `Your decisions are saved. Choose ${which} to send the ${counted(again, "event")}.`;
    },
    unsaved: (why: Text) => `Your decisions could not be saved: ${why}.`,
  },
  forget: {
    title: "Forget everything?",
    lead: "This page forgets what it keeps in this browser:",
    list: [
      "which events it has sent: sent again, they would count twice",
      "sends that are not finished: they can no longer go on, and you can no longer decide about their unknown events",
      "the list of earlier sends, and the key and address that you typed",
    ],
    after: "Nothing changes in Split or in your files. A tab that is sending now stops.",
    yes: "Forget everything",
    no: "Keep it",
    gone: "Everything is forgotten. Events that were sent before would now be sent again, and count twice.",
    notGone:
      "Not everything could be forgotten, since another tab of this page is using it. Close the other tabs, then forget everything again.",
  },
  remove: {
    title: "Forget this send?",
    sending: "Sending ",
    lead: " can then no longer go on where it stopped, and you can no longer decide about its unknown events.",
    after: "The events that it has sent, or may have, stay remembered: they are not sent twice.",
    yes: "Forget this send",
    no: "Keep it",
  },
};

/** What is known of a file by its first records. */
interface Found {
  preset: string | undefined;
  /** The system that the preset is of. */
  title: string | undefined;
  isTable: boolean;
  parts: number;
  isOwn: boolean;
}

function were(n: number): string {
  return n === 1 ? "1 event was" : `${count(n)} events were`;
}

function these(n: number): string {
  return n === 1 ? "it" : `these ${counted(n, "event")}`;
}

/** The gravest thing that happened. */
export type Mood = "clean" | "repaired" | "refused" | "warned" | "accepted" | "unknown" | "unsent";

/** A verdict: its headline, and the sentence below. */
export interface Verdict {
  mood: Mood;
  headline: string;
  detail: string;
}

/** Names all of the user's events, as `Both events`. */
function all(n: number): string {
  return n === 1 ? "Your event" : n === 2 ? "Both events" : `All ${count(n)} events`;
}

interface Circumstances {
  /** Whether the service would drop some of the events silently. */
  dropped: boolean;
  /** Whether a part of the input could not be read. */
  broken: boolean;
}

const UNREAD = "But not everything in the input could be read: see below.";

/** Says what the check found. */
function checkVerdict(report: Report, { dropped, broken }: Circumstances): Verdict {
  const { events, clean, repaired, refused } = report;
  const good = clean + repaired;
  const silently = dropped ? " The service would answer 202 and then silently drop such events." : "";
  if (events === 0) {
    const mood = broken ? "refused" : "unsent";
    return { mood, headline: "There are no events in here.", detail: "So there is nothing to send." };
  }
  if (good === 0) {
    const headline = events === 1 ? "This event cannot be sent." : `None of the ${count(events)} events can be sent.`;
    return { mood: "refused", headline, detail: `See below why, and what to do.${silently}` };
  }
  if (refused > 0) {
    const headline = `${count(refused)} of ${count(events)} events cannot be sent.`;
    return { mood: "refused", headline, detail: `The other ${count(good)} can${goodOnes(report)}.${silently}` };
  }
  if (repaired > 0) {
    const some = `${count(repaired)} of ${count(events)} events`;
    const headline = `${repaired === events ? all(events) : some} needed a repair, and got it.`;
    const before = dropped ? " Without the repair, the service would have answered 202 and silently dropped them." : "";
    const now = broken ? UNREAD : `Now ${events === 1 ? "it" : "all"} can be sent.`;
    return { mood: broken ? "warned" : "repaired", headline, detail: `${now}${before}` };
  }
  if (report.warned === events && !broken) {
    const headline = `${all(events)} can be sent, but ${events === 1 ? "it has" : "each has"} a warning.`;
    return { mood: "warned", headline, detail: "See below what it means before you send them." };
  }
  if (report.records !== undefined && !broken) {
    const headline = `${all(events)} ${events === 1 ? "is" : "are"} good to go.`;
    return { mood: "clean", headline, detail: "They are made of your records as the columns say, and need no repair." };
  }
  const as = events === 1 ? "It can be sent exactly as it is." : "They can be sent exactly as they are.";
  const headline = `${all(events)} ${events === 1 ? "is" : "are"} good to go.`;
  return broken ? { mood: "warned", headline, detail: UNREAD } : { mood: "clean", headline, detail: as };
}

/** Says what will be sent, and what will not. */
function whatGoes(report: Report): string {
  const { clean, repaired, refused } = report;
  const go = `${counted(clean + repaired, "event")} will be sent${goodOnes(report)}.`;
  if (refused === 0) return go;
  const stay =
    refused === 1
      ? "1 event will not: the check refused it."
      : `${count(refused)} events will not: the check refused them.`;
  return `${go} ${stay}`;
}

function goodOnes({ clean, repaired }: Report): string {
  const asIs = clean === 1 ? "as it is" : "as they are";
  if (repaired === 0) return `, ${asIs}`;
  return clean === 0 ? ", repaired" : `: ${count(clean)} ${asIs} and ${count(repaired)} repaired`;
}

/** Says how a send ended. */
function receiptVerdict(receipt: Receipt, { broken }: Pick<Circumstances, "broken">): Verdict {
  const { events, accepted, unknown } = receipt;
  const held = heldBack(receipt);
  const states = (["unknown", "refused", "unsent"] as const).filter((state) => receipt[state] > 0);
  const others = listed(states.map((state) => `${count(receipt[state])} ${state}`));
  const mood = states[0] ?? (broken ? "warned" : "accepted");
  if (events === 0) {
    return { mood: "unsent", headline: "Nothing was sent.", detail: "There were no events in the input." };
  }
  if (held > 0 && accepted + held === events) {
    const which = held === 1 ? "One was" : `${accepted === 0 ? "They" : `The ${count(held)}`} were`;
    const how =
      receipt.duplicates === 0
        ? "before, with another SDK key."
        : "before, or may have been. Sent again, they would count twice.";
    const detail = `${which} sent from this browser ${how}`;
    if (accepted === 0) return { mood: "unsent", headline: "Nothing new was sent.", detail };
    const headline = `${counted(accepted, "event")} ${accepted === 1 ? "was" : "were"} accepted, ${count(held)} ${held === 1 ? "was" : "were"} held back.`;
    return { mood: broken ? "warned" : "accepted", headline, detail };
  }
  if (accepted === events) {
    const detail = broken ? UNREAD : "No event was refused, none is unknown and none is left.";
    return { mood, headline: `${all(events)} ${events === 1 ? "was" : "were"} accepted.`, detail };
  }
  if (accepted === 0) {
    const headline = unknown > 0 ? "No event is known to be accepted." : "No event was accepted.";
    return { mood, headline, detail: `Of ${counted(events, "event")}: ${others}.` };
  }
  const headline = `${count(accepted)} of ${count(events)} events ${accepted === 1 ? "was" : "were"} accepted.`;
  return { mood, headline, detail: `The rest: ${others}.` };
}
