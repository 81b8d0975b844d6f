import type { ListedSend } from "../link/protocol.js";
import { messages } from "../messages/en.js";
import { FileNames } from "./foreign.js";
import { Question } from "./question.js";

/** Asks whether the page shall forget all that it remembers. */
export function AskToForget({ onAnswer }: { onAnswer: (yes: boolean) => void }) {
  const { title, lead, list, after, yes, no } = messages.forget;
  return (
    <Question title={title} yes={yes} no={no} onAnswer={onAnswer}>
      <p>{lead}</p>
      <ul class="bullets">
        {list.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <p>{after}</p>
    </Question>
  );
}

/** Asks whether the page shall forget a send that is not finished. */
export function AskToRemove({ send, onAnswer }: { send: ListedSend; onAnswer: (yes: boolean) => void }) {
  const { title, sending, lead, after, yes, no } = messages.remove;
  return (
    <Question title={title} yes={yes} no={no} onAnswer={onAnswer}>
      <p>
        {sending}
        <FileNames names={send.files} more={messages.file.moreFiles} />
        {lead}
      </p>
      <p>{after}</p>
    </Question>
  );
}
