import { useLayoutEffect, useRef } from "preact/hooks";
import { failureText } from "../../failure.js";
import type { Checked, Trouble } from "../../link/protocol.js";
import { messages } from "../../messages/en.js";
import { type State, sendable } from "../../state/state.js";
import { Button } from "../../ui/button.js";
import { Field } from "../../ui/field.js";
import { moment } from "../../ui/format.js";
import { Notice } from "../../ui/notice.js";
import { Title, useFlow, useScene } from "../../ui/stage.js";

const text = messages.plan;

/** Asks for the key and the address, and says which events will be sent. */
export function PlanStep({ state, checked }: { state: State; checked: Checked }) {
  const flow = useFlow();
  const { target, trouble } = state;
  const { brokenOff, fleeting, report } = checked;
  const n = sendable(state);
  const heading = text.heading(n, brokenOff !== undefined);
  const goes = brokenOff === undefined ? text.whatGoes(report) : text.notAgain;
  const about = troubleAbout(trouble);
  const form = useRef<HTMLFormElement>(null);
  useScene({ id: "plan", heading, announcement: goes });
  useLayoutEffect(() => {
    if (trouble) form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [trouble]);
  return (
    <section class="card send">
      <Title>{heading}</Title>
      <p class="lead">{goes}</p>
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void flow.send();
        }}
      >
        <Field
          id="key"
          label={text.key}
          type="password"
          value={target.apiKey}
          hint={text.keyHint}
          trouble={trouble && about === "key" ? `${failureText(trouble)}.` : undefined}
          onType={(apiKey) => flow.type({ apiKey })}
        />
        <Field
          id="endpoint"
          label={text.endpoint}
          type="url"
          value={target.endpoint}
          hint={text.endpointHint}
          trouble={trouble && about === "endpoint" ? `${failureText(trouble)}.` : undefined}
          onType={(endpoint) => flow.type({ endpoint })}
        />
        <Elsewhere state={state} />
        {brokenOff !== undefined && (
          <Notice tone="warning">
            <p>{text.brokenOff(moment(new Date(brokenOff)))}</p>
          </Notice>
        )}
        {fleeting !== undefined && <Fleeting state={state} why={fleeting} />}
        {trouble && about === "all" && (
          <Notice tone="error">
            <p>{failureText(trouble)}.</p>
          </Notice>
        )}
        <div class="actions">
          <Button submit>{brokenOff === undefined ? heading : text.sendLeft}</Button>
          <Button look="quiet" onPress={() => flow.go("problems")}>
            {text.back}
          </Button>
        </div>
      </form>
    </section>
  );
}

/** Warns of an address that is not the service's own: the key goes there, and a link may bring any address. */
function Elsewhere({ state: { target, warm, linked } }: { state: State }) {
  const address = target.endpoint.trim();
  if (address === warm?.service || !URL.canParse(address)) return null;
  return (
    <Notice tone="warning">
      <p>
        {text.elsewhere}
        <strong>{new URL(address).host}</strong>
        {address === linked ? `. ${text.linked}` : "."}
      </p>
    </Notice>
  );
}

/** Warns once that the page cannot remember here what it sends. */
function Fleeting({ state, why }: { state: State; why: string }) {
  const flow = useFlow();
  const wasSaid = useRef(state.saidFleeting === true).current;
  useLayoutEffect(() => flow.fleetingSaid(), []);
  if (wasSaid) return null;
  return (
    <Notice tone="warning">
      <p>{text.fleeting}</p>
      <p class="small">{why}</p>
    </Notice>
  );
}

function troubleAbout(trouble: Trouble | undefined): "none" | "key" | "endpoint" | "all" {
  if (trouble === undefined) return "none";
  if (trouble.kind !== "config") return "all";
  if (trouble.code.endsWith("_api_key")) return "key";
  return trouble.code === "invalid_endpoint" || trouble.message.startsWith("endpoint ") ? "endpoint" : "all";
}
