import { useEffect, useMemo } from "preact/hooks";
import { byteSize } from "split-events/internal/words";
import { messages } from "../messages/en.js";
import { Icon } from "./icon.js";

export interface Download {
  label: string;
  /** The name of the saved file. */
  name: string;
  content: Blob;
}

export function jsonFile(value: unknown): Blob {
  return new Blob([JSON.stringify(value, null, 2), "\n"], { type: "application/json" });
}

/** Links that save files which exist in the page only. */
export function Downloads({ list }: { list: readonly Download[] }) {
  return (
    <ul class="downloads" aria-label={messages.receipt.downloads.label}>
      {list.map((download) => (
        <li key={download.name}>
          <DownloadLink {...download} /> <span class="small">{byteSize(download.content.size)}</span>
        </li>
      ))}
    </ul>
  );
}

function DownloadLink({ label, name, content }: Download) {
  const address = useMemo(() => URL.createObjectURL(content), [content]);
  useEffect(() => () => URL.revokeObjectURL(address), [address]);
  return (
    <a href={address} download={name}>
      <Icon name="down" />
      {label}
    </a>
  );
}
