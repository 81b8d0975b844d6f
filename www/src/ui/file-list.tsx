import { byteSize } from "split-events/internal/words";
import { messages } from "../messages/en.js";
import { Foreign } from "./foreign.js";

const MOST = 5;

export function FileList({ files }: { files: readonly File[] }) {
  const rest = files.length - MOST;
  return (
    <ul class="files" aria-label={messages.files.label}>
      {files.slice(0, MOST).map(({ name, size }, at) => (
        <li key={at}>
          <Foreign text={name} name /> <span>{byteSize(size)}</span>
        </li>
      ))}
      {rest > 0 && <li>{messages.files.more(rest)}</li>}
    </ul>
  );
}
