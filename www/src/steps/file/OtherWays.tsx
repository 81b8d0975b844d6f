import { useMemo, useState } from "preact/hooks";
import { messages } from "../../messages/en.js";
import { Button } from "../../ui/button.js";
import { Downloads } from "../../ui/downloads.js";
import { Field } from "../../ui/field.js";
import { useFlow } from "../../ui/stage.js";

const text = messages.file;

/** A table with the fields of an event and two properties, to be filled in. */
const TEMPLATE = [
  "eventTypeId,trafficTypeName,key,timestamp,value,properties.plan,properties.country",
  "page_load,user,user-1,2026-11-20T10:00:00Z,1.5,gold,DE",
  "",
].join("\r\n");

/** Takes a text, or a file at an address; and saves a template. */
export function OtherWays() {
  const flow = useFlow();
  const [pasted, setPasted] = useState("");
  const [address, setAddress] = useState("");
  const [trouble, setTrouble] = useState<string>();
  const template = useMemo(() => new Blob([TEMPLATE], { type: "text/csv" }), []);
  const read = async () => {
    setTrouble(undefined);
    setTrouble(await flow.fetch(address));
  };
  return (
    <details class="options other-ways">
      <summary>{text.otherWays}</summary>
      <div class="choice-grid">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            flow.paste(pasted);
          }}
        >
          <div class="field">
            <label for="pasted">{text.paste}</label>
            <textarea
              id="pasted"
              rows={5}
              spellcheck={false}
              aria-describedby="pasted-hint"
              value={pasted}
              onInput={({ currentTarget }) => setPasted(currentTarget.value)}
            />
            <p id="pasted-hint" class="small">
              {text.pasteHint}
            </p>
          </div>
          <Button look="quiet" submit>
            {text.pasteUse}
          </Button>
        </form>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void read();
          }}
        >
          <Field
            id="address"
            type="url"
            label={text.address}
            hint={text.addressHint}
            trouble={trouble}
            value={address}
            onType={setAddress}
          />
          <Button look="quiet" submit>
            {text.addressUse}
          </Button>
        </form>
      </div>
      <Downloads list={[{ label: text.template, name: "split-events-template.csv", content: template }]} />
    </details>
  );
}
