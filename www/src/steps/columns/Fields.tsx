import { useRef } from "preact/hooks";
import type { Look, Reading } from "../../link/protocol.js";
import { messages } from "../../messages/en.js";
import { type Choice, choicesOf, Select, Field as TextField } from "../../ui/field.js";
import { Foreign } from "../../ui/foreign.js";
import { useFlow } from "../../ui/stage.js";
import { FIELDS, type Field, howRead, type Source, sourceOf, withOption, withSource } from "./choice.js";

const text = messages.columns;
/** The fields that an event may lack. */
const OPTIONAL: readonly Field[] = ["value"];
const SAMPLES = 3;

/** Asks for the source of each field. */
export function Fields({ reading, look }: { reading: Reading; look: Look }) {
  return (
    <div class="fields">
      <h2>{text.fieldsHeading}</h2>
      {FIELDS.map((field) => (
        <FieldChoice key={field} field={field} reading={reading} look={look} />
      ))}
    </div>
  );
}

function FieldChoice({ field, reading, look }: { field: Field; reading: Reading; look: Look }) {
  const flow = useFlow();
  const [name, about] = text.fields[field] as [string, string];
  const source = sourceOf(field, reading, look);
  const missing = look.missing.find(
    (one) => one.field === field && one.option !== "timestampZone" && one.option !== "timestampFormat",
  );
  const samples = typeof source === "object" && "part" in source ? samplesOf(look, source.part) : [];
  const isChosen = useRef(false);
  const choose = (value: string) => {
    isChosen.current = value === "same";
    flow.read(withSource(field, sourceFrom(value), reading, look));
  };
  return (
    <fieldset class="field-choice" data-field={field}>
      <legend>
        {name} <code>{field}</code>
      </legend>
      <p class="small">{about}</p>
      <div class="choice-grid">
        <Select
          id={`from-${field}`}
          label={
            <>
              <span class="unseen">{name} </span>
              {text.sourceLabel}
            </>
          }
          value={choiceOf(source)}
          choices={choices(field, look)}
          trouble={missing && source === "none" ? text.fieldMissing : undefined}
          hint={samples.length > 0 ? <Samples samples={samples} /> : undefined}
          onChoose={choose}
        />
        {typeof source === "object" && "same" in source && (
          <TextField
            isFocused={isChosen.current}
            id={`same-${field}`}
            label={text.sameLabel(name)}
            value={source.same}
            trouble={missing && source.same === "" ? text.fieldMissing : undefined}
            onType={(same) => flow.read(withSource(field, { same }, reading, look))}
          />
        )}
        {field === "timestamp" && <Times reading={reading} look={look} />}
        {field === "value" && source !== "none" && (
          <Select
            id="decimal"
            label={text.decimals.label}
            value={howRead("decimal", reading, look)}
            choices={choicesOf(text.decimals.words)}
            onChoose={(decimal) => flow.read(withOption("decimal", decimal as "", reading))}
          />
        )}
      </div>
    </fieldset>
  );
}

/** Asks how times are written, and shows what becomes of the first. */
function Times({ reading, look }: { reading: Reading; look: Look }) {
  const flow = useFlow();
  const { times } = text;
  const isMissing = (option: string) => look.missing.some((one) => one.option === option);
  const first = look.first.flatMap(({ events }) => events).find((event) => typeof timeOf(event) === "number");
  return (
    <>
      <Select
        id="time-format"
        label={times.formatLabel}
        value={howRead("timestampFormat", reading, look) || "auto"}
        choices={choicesOf(times.formats)}
        trouble={isMissing("timestampFormat") ? text.fieldMissing : undefined}
        onChoose={(format) =>
          flow.read(withOption("timestampFormat", (format === "auto" ? "" : format) as "", reading))
        }
      />
      <Select
        id="time-unit"
        label={times.unitLabel}
        value={howRead("timestampUnit", reading, look) || "auto"}
        choices={choicesOf(times.units)}
        onChoose={(unit) => flow.read(withOption("timestampUnit", (unit === "auto" ? "" : unit) as "", reading))}
      />
      <TextField
        id="time-zone"
        label={times.zoneLabel}
        value={howRead("timestampZone", reading, look)}
        hint={times.zoneHint}
        trouble={isMissing("timestampZone") ? text.fieldMissing : undefined}
        onType={(zone) => flow.read(withOption("timestampZone", zone.trim(), reading))}
      />
      <p class="becomes">{first ? times.becomes(timeText(timeOf(first) as number)) : times.unknown}</p>
    </>
  );
}

function Samples({ samples }: { samples: readonly string[] }) {
  return <Foreign text={text.such(samples)} />;
}

function samplesOf(look: Look, part: string): string[] {
  return (look.parts.find(({ name }) => name === part)?.samples ?? []).slice(0, SAMPLES).map(short);
}

function choices(field: Field, look: Look): (Choice | { label: string; choices: Choice[] })[] {
  const parts = look.parts.map(({ name, samples }) => ({
    value: `part ${name}`,
    label: samples.length === 0 ? name : `${name} (${samples.slice(0, 2).map(short).join(", ")})`,
  }));
  return [
    { value: "none", label: OPTIONAL.includes(field) ? text.sources.absent : text.sources.none },
    { value: "same", label: text.sources.same },
    { label: look.isTable ? text.sources.columns : text.sources.paths, choices: parts },
  ];
}

function choiceOf(source: Source): string {
  if (source === "none") return "none";
  return "part" in source ? `part ${source.part}` : "same";
}

function sourceFrom(value: string): Source {
  if (value === "none") return "none";
  return value === "same" ? { same: "" } : { part: value.slice("part ".length) };
}

function timeOf(event: object): unknown {
  return (event as { timestamp?: unknown }).timestamp;
}

/** Writes a time as it is in UTC: `2026-11-20 10:00:00 UTC`. */
export function timeText(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return String(ms);
  return `${date
    .toISOString()
    .replace("T", " ")
    .replace(/\.000Z$|Z$/, "")} UTC`;
}

function short(sample: string): string {
  return sample.length > 24 ? `${sample.slice(0, 24)}…` : sample;
}
