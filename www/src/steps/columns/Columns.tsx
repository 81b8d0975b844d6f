import { failureText } from "../../failure.js";
import type { Look } from "../../link/protocol.js";
import { messages } from "../../messages/en.js";
import type { State } from "../../state/state.js";
import { Button } from "../../ui/button.js";
import { FileList } from "../../ui/file-list.js";
import { Notice } from "../../ui/notice.js";
import { Title, useFlow, useScene } from "../../ui/stage.js";
import { BeforeAfter } from "./BeforeAfter.js";
import { Fields } from "./Fields.js";
import { HowRead } from "./HowRead.js";
import { KeepMapping } from "./KeepMapping.js";
import { Properties } from "./Properties.js";

const text = messages.columns;

/** Lets the user say which part of a record is which field, with the first events as they become. */
export function ColumnsStep({ state, look }: { state: State; look: Look }) {
  const flow = useFlow();
  const { files, reading, isLookOld, warm } = state;
  const asksSheet = look.trouble?.code.startsWith("sheet_") === true;
  const heading = asksSheet ? text.sheetHeading : text.heading;
  const missing = look.missing.length;
  const title = warm?.presets.find(({ name }) => name === look.preset)?.title;
  const found = text.found({ ...look, preset: look.preset, title, parts: look.parts.length });
  const lead = look.trouble ? text.unreadable(failureText(look.trouble)) : `${found} ${text.missing(missing)}`;
  useScene({ id: `columns ${asksSheet ? "sheet" : ""}`, heading, announcement: lead });
  const check = () => {
    const first = document.querySelector<HTMLElement>(".columns [aria-invalid]");
    if (missing === 0 || !first) return void flow.check();
    first.focus();
    flow.say(text.missing(missing));
  };
  return (
    <section class="card columns">
      <div>
        <p class="eyebrow">{text.eyebrow}</p>
        <Title>{heading}</Title>
      </div>
      {look.trouble ? (
        <Notice tone="error">
          <p>{lead}</p>
        </Notice>
      ) : (
        <p class="lead">{lead}</p>
      )}
      <FileList files={files} />
      <HowRead
        reading={reading}
        look={look}
        presets={warm?.presets ?? []}
        isOpen={look.trouble !== undefined && look.parts.length === 0}
      />
      {look.parts.length > 0 && (
        <>
          <Fields reading={reading} look={look} />
          <BeforeAfter look={look} isOld={isLookOld === true} />
          <Properties reading={reading} look={look} />
          <KeepMapping reading={reading} look={look} files={files} />
        </>
      )}
      <div class="actions">
        <Button onPress={check}>{text.check(files.length)}</Button>
        <Button look="quiet" onPress={() => flow.go("file")}>
          {text.other}
        </Button>
        {missing > 0 && (
          <Button look="link" onPress={() => void flow.check()}>
            {text.asIt}
          </Button>
        )}
      </div>
    </section>
  );
}
