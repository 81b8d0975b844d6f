import { useState } from "preact/hooks";
import type { HeldBack } from "../../link/protocol.js";
import { messages } from "../../messages/en.js";
import type { State } from "../../state/state.js";
import { Button } from "../../ui/button.js";
import { Check } from "../../ui/field.js";
import { Notice } from "../../ui/notice.js";
import { Title, useFlow, useScene } from "../../ui/stage.js";

const text = messages.held;

/** Says which events were sent before. Sends the others, and all only if the user chooses so. */
export function Held({ state: { target }, held: { sent, otherKey, fresh } }: { state: State; held: HeldBack }) {
  const flow = useFlow();
  const [again, setAgain] = useState(false);
  const [withThisKey, setWithThisKey] = useState(false);
  const host = URL.canParse(target.endpoint) ? new URL(target.endpoint).host : target.endpoint;
  const heading = text.heading(sent + otherKey, fresh, sent === 0);
  const repeated = again ? sent + otherKey : withThisKey ? otherKey : 0;
  useScene({ id: `held ${sent} ${otherKey} ${fresh}`, heading, announcement: text.lead(fresh) });
  return (
    <section class="card held">
      <Title>{heading}</Title>
      <p class="lead">{text.lead(fresh)}</p>
      {otherKey > 0 && (
        <Choice
          id="other-key"
          found={text.otherKeyFound(otherKey, host)}
          label={text.otherKey(otherKey)}
          effect={text.otherKeyEffect}
          checked={withThisKey || again}
          disabled={again}
          onCheck={setWithThisKey}
        />
      )}
      {sent > 0 && (
        <Choice
          id="again"
          found={text.sentFound(sent, host)}
          label={text.again(sent, otherKey)}
          effect={text.againEffect}
          checked={again}
          disabled={false}
          onCheck={(all) => {
            setAgain(all);
            if (all) setWithThisKey(true);
          }}
        />
      )}
      <div class="actions">
        {fresh + repeated > 0 && (
          <Button
            look={repeated > 0 ? "danger" : "main"}
            onPress={() => flow.sendAgain({ sent: again, otherKey: withThisKey })}
          >
            {text.send(fresh + repeated)}
          </Button>
        )}
        <Button look={fresh === 0 ? "main" : "quiet"} onPress={() => flow.go("file")}>
          {text.other}
        </Button>
        <Button look="quiet" onPress={() => flow.go("plan")}>
          {text.back}
        </Button>
      </div>
    </section>
  );
}

interface ChoiceProps {
  id: string;
  found: string;
  label: string;
  effect: string;
  checked: boolean;
  disabled: boolean;
  onCheck: (checked: boolean) => void;
}

/** Draws what was found, and a box to send it all the same. */
function Choice({ id, found, label, effect, checked, disabled, onCheck }: ChoiceProps) {
  return (
    <Notice tone="warning">
      <p id={`${id}-found`}>{found}</p>
      <Check
        id={id}
        label={label}
        checked={checked}
        disabled={disabled}
        describedBy={`${id}-found ${id}-effect`}
        onCheck={onCheck}
      />
      <p id={`${id}-effect`} class="small">
        {effect}
      </p>
    </Notice>
  );
}
