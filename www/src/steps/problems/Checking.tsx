import { useRef } from "preact/hooks";
import { byteSize } from "split-events/internal/words";
import { messages } from "../../messages/en.js";
import type { State } from "../../state/state.js";
import { Button } from "../../ui/button.js";
import { Foreign } from "../../ui/foreign.js";
import { Title, useFlow, useScene } from "../../ui/stage.js";

const text = messages.checking;

/** Shows that files are being read. */
export function Checking({ state }: { state: State }) {
  const flow = useFlow();
  const { files, reach, busy } = state;
  useScene({ id: "checking", heading: text.heading });
  const at = reach?.file ?? 0;
  const { bytes = 0, totalBytes = 0 } = reach ?? {};
  const began = useRef(performance.now());
  const seconds = (performance.now() - began.current) / 1000;
  // the first moments say little
  const left = seconds > 1 && bytes > 0 ? (seconds * (totalBytes - bytes)) / bytes : undefined;
  return (
    <section class="card checking">
      <Title>{text.heading}</Title>
      <p class="lead">
        {text.reading}
        <Foreign text={files[at]?.name ?? ""} name />
        {files.length > 1 && text.place(at + 1, files.length)}
      </p>
      {totalBytes > 0 ? (
        <progress aria-label={text.bar} max={totalBytes} value={bytes} />
      ) : (
        <progress aria-label={text.bar} />
      )}
      {totalBytes > 0 && <p class="counts">{text.done(byteSize(bytes), byteSize(totalBytes), left)}</p>}
      <p class="small">{text.note}</p>
      {busy === "checking" && (
        <div class="actions">
          <Button look="quiet" onPress={() => void flow.cancel()}>
            {text.cancel}
          </Button>
        </div>
      )}
    </section>
  );
}
