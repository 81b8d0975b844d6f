import { useState } from "preact/hooks";
import type { Reading } from "../../link/protocol.js";
import { messages } from "../../messages/en.js";
import { Button } from "../../ui/button.js";
import { Check } from "../../ui/field.js";
import { useFlow } from "../../ui/stage.js";

const text = messages.problems;

/** Lets the user check again by other rules. */
export function Differently({ reading }: { reading: Reading }) {
  const flow = useFlow();
  const [chosen, setChosen] = useState(reading);
  return (
    <details class="options">
      <summary>{text.differently}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void flow.check(chosen);
        }}
      >
        <Check
          id="names"
          label={text.names}
          checked={chosen.normalizeNames === true}
          onCheck={(normalizeNames) => setChosen({ ...chosen, normalizeNames })}
        />
        <Check
          id="flatten"
          label={text.flatten}
          checked={chosen.flatten === true}
          onCheck={(flatten) => setChosen({ ...chosen, flatten })}
        />
        <Check
          id="strict"
          label={text.strict}
          checked={chosen.repair === "refuse"}
          onCheck={(strict) => setChosen({ ...chosen, repair: strict ? "refuse" : "report" })}
        />
        <Button look="quiet" submit>
          {text.again}
        </Button>
      </form>
    </details>
  );
}
