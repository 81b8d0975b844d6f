import type { Look, Preset, Reading } from "../../link/protocol.js";
import { messages } from "../../messages/en.js";
import { choicesOf, Field, Select } from "../../ui/field.js";
import { useFlow } from "../../ui/stage.js";
import { withOption } from "./choice.js";

const text = messages.columns;

interface HowReadProps {
  reading: Reading;
  look: Look;
  presets: readonly Preset[];
  isOpen: boolean;
}

/** Lets the user change how the file is read: what was recognised, and what cannot be told. */
export function HowRead({ reading, look, presets, isOpen }: HowReadProps) {
  const flow = useFlow();
  const change = <Name extends keyof Reading>(name: Name, value: Reading[Name] | "") =>
    flow.read(withOption(name, value, reading));
  const recognised = presets.find(({ name }) => name === look.preset)?.title;
  const isAuto = (reading.preset ?? "auto") === "auto";
  return (
    <details class="options" open={isOpen}>
      <summary>{text.howRead}</summary>
      <div class="choice-grid">
        <Select
          id="preset"
          label={text.presetLabel}
          value={reading.preset ?? "auto"}
          choices={[
            { value: "auto", label: text.presetAuto(isAuto ? recognised : undefined) },
            { value: "none", label: text.presetNone },
            ...presets.map(({ name, title, reads }) => ({ value: name, label: `${title}: ${reads}` })),
          ]}
          onChoose={(preset) => change("preset", preset === "auto" ? "" : preset)}
        />
        <Select
          id="format"
          label={text.formatLabel}
          value={reading.format ?? "auto"}
          choices={choicesOf(text.formats)}
          onChoose={(format) => change("format", format as Reading["format"] & string)}
        />
        <Select
          id="separator"
          label={text.separatorLabel}
          value={reading.separator ?? "auto"}
          choices={choicesOf(text.separators)}
          onChoose={(separator) => change("separator", (separator === "auto" ? "" : separator) as "")}
        />
        <Select
          id="encoding"
          label={text.encodingLabel}
          value={reading.encoding ?? ""}
          choices={choicesOf(text.encodings)}
          onChoose={(encoding) => change("encoding", encoding as "")}
        />
        <Field
          id="skip-rows"
          isNumber
          label={text.skipRowsLabel}
          value={reading.skipRows === undefined ? "" : String(reading.skipRows)}
          placeholder={text.skipRowsAuto}
          onType={(rows) => change("skipRows", /^\d+$/.test(rows) ? Number(rows) : "")}
        />
        <Field
          id="sheet"
          label={text.sheetLabel}
          value={reading.sheet ?? ""}
          onType={(sheet) => change("sheet", sheet)}
        />
      </div>
    </details>
  );
}
