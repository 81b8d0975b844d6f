import { useEffect } from "preact/hooks";
import { messages } from "../../messages/en.js";
import type { State } from "../../state/state.js";
import { Button } from "../../ui/button.js";
import { Icon } from "../../ui/icon.js";
import { Notice } from "../../ui/notice.js";
import { Title, useFlow, useScene } from "../../ui/stage.js";
import { OtherWays } from "./OtherWays.js";
import { OpenSends, PastSends } from "./sends.js";

const text = messages.file;

/** Says what the page is for, and asks for files. */
export function FileStep({ state }: { state: State }) {
  const flow = useFlow();
  const { notice, sends = [] } = state;
  useScene({
    id: `file${notice ? ` ${notice.text}` : ""}`,
    heading: text.heading,
    announcement: notice?.tone === "plain" ? notice.text : "",
  });
  useEffect(() => {
    // who left a send open comes for a file
    if (sends.some(({ open }) => open)) void flow.warm();
  }, [sends]);
  return (
    <div class="choose">
      <div class="pitch">
        <Title>{text.heading}</Title>
        <p class="lead">{text.lead}</p>
      </div>
      {notice && (
        <Notice tone={notice.tone}>
          <p>{notice.text}</p>
        </Notice>
      )}
      <OpenSends sends={sends} />
      <DropZone />
      <p class="try">
        <Button look="quiet" onPress={() => flow.example()}>
          {text.example}
        </Button>
        <span>{text.exampleAbout}</span>
      </p>
      <OtherWays />
      <PastSends sends={sends} />
      <Talk />
      <ul class="promises">
        {text.promises.map(([name, promise]) => (
          <li key={name}>
            <strong>{name}</strong>
            <span>{promise}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function DropZone() {
  const flow = useFlow();
  // a pointer that lies there when the page opens says nothing
  const warm = () => void flow.warm();
  return (
    <div class="drop" onPointerMove={warm} onFocusCapture={warm}>
      <Icon name="tray" />
      <p class="invitation">{text.invitation}</p>
      <input
        type="file"
        id="files"
        multiple
        class="unseen"
        aria-describedby="formats"
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          if (files.length > 0) void flow.choose(files);
        }}
      />
      <label for="files" class="button">
        {text.choose}
      </label>
      <p id="formats" class="small">
        {text.formats}
      </p>
    </div>
  );
}

/** Tells in four lines what happens without a check. */
function Talk() {
  const { caption, you, split, wrong, answer, lovely, silent } = text.talk;
  const line = (who: string, what: preact.ComponentChildren, className: string) => (
    <li class={className}>
      <span class="who">{who}</span>
      <span class="what">{what}</span>
    </li>
  );
  return (
    <figure class="conversation">
      <figcaption>{caption}</figcaption>
      <ol>
        {line(you, <code>{wrong}</code>, "you")}
        {line(split, <code>{answer}</code>, "split")}
        {line(you, lovely, "you")}
        {line(split, silent, "split silent")}
      </ol>
    </figure>
  );
}
