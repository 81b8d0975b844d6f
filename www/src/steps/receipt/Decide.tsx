import { eventsIn } from "split-events/internal/words";
import type { ListedSend } from "../../link/protocol.js";
import { messages } from "../../messages/en.js";
import { Button } from "../../ui/button.js";
import { FileNames } from "../../ui/foreign.js";
import { moment } from "../../ui/format.js";
import { Title, useFlow, useScene } from "../../ui/stage.js";
import { DecisionForm } from "./decisions.js";

const text = messages.decide;

/** Lets the user decide about the unknown events of an earlier send. */
export function DecideStep({ send }: { send: ListedSend }) {
  const flow = useFlow();
  const { unknown = [], files, host, at } = send;
  const heading = text.heading(eventsIn(unknown));
  useScene({ id: `decide ${send.id}`, heading });
  return (
    <section class="card">
      <Title>{heading}</Title>
      <p class="lead">
        <FileNames names={files} more={messages.file.moreFiles} />
        {text.about(host, moment(new Date(at)))}
      </p>
      <DecisionForm list={unknown} label={text.save} onDecide={(decisions) => void flow.decideLater(send, decisions)} />
      <div>
        <Button look="link" onPress={() => flow.go("file")}>
          {text.back}
        </Button>
      </div>
    </section>
  );
}
