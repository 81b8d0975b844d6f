import { useRef, useState } from "preact/hooks";
import { counted, eventsIn, sentence } from "split-events/internal/words";
import type { Decisions, Resolution, Unknown } from "../../link/protocol.js";
import { messages } from "../../messages/en.js";
import { Button } from "../../ui/button.js";
import { SpanView } from "./batches.js";

/** Batches beyond this are decided about together. */
const MOST = 20;
const text = messages.decide;

type Word = Resolution | "";

const CHOICES: readonly (readonly [Word, string])[] = [
  ["", text.unknown],
  ["accepted", text.choices.accepted.label],
  ["resend", text.choices.resend.label],
  ["drop", text.choices.drop.label],
];

interface DecisionFormProps {
  list: readonly Unknown[];
  label: string;
  onDecide: (decisions: Decisions) => void;
}

/** Lets the user decide about each unknown batch, or about all at once. */
export function DecisionForm({ list, label, onDecide }: DecisionFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [everyone, setEveryone] = useState<Word>("");
  const [words, setWords] = useState<ReadonlyMap<string, Word>>(new Map());
  const [isUnchanged, setUnchanged] = useState(false);
  const shown = list.slice(0, MOST);
  const isShown = (batch: Unknown) => shown.includes(batch);
  const wordOf = (batch: Unknown): Word =>
    isShown(batch) ? (words.get(batch.id) ?? batch.decided ?? "") : everyone || (batch.decided ?? "");

  const chooseAll = (word: Word) => {
    setUnchanged(false);
    setEveryone(word);
    setWords(new Map(shown.map(({ id }) => [id, word])));
  };
  const choose = (id: string, word: Word) => {
    setUnchanged(false);
    setWords(new Map([...words, [id, word]]));
    if (list.length <= MOST) setEveryone("");
  };
  const submit = () => {
    const decisions = new Map<string, Resolution | "unknown">();
    for (const batch of list) {
      const word = wordOf(batch);
      if (word !== (batch.decided ?? "")) decisions.set(batch.id, word === "" ? "unknown" : word);
    }
    if (decisions.size > 0) return onDecide(decisions);
    setUnchanged(true);
    form.current?.querySelector("select")?.focus();
  };
  const sum = (word: Word) => eventsIn(list.filter((batch) => wordOf(batch) === word));

  return (
    <form
      ref={form}
      class="decisions"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <p>{text.lead}</p>
      <ul class="bullets">
        {Object.values(text.choices).map(({ label: name, effect }) => (
          <li key={name}>
            <strong>{name}: </strong>
            {sentence(effect)}
          </li>
        ))}
      </ul>
      {list.length > 1 && (
        <div class="everyone">
          <label for="unknown-all">{text.all(list.length)}</label>
          <Chooser id="unknown-all" describedBy="unknown-sum" word={everyone} empty={text.each} onChoose={chooseAll} />
        </div>
      )}
      <ul class="batches">
        {shown.map((batch, at) => (
          <li key={batch.id} class="batch unknown" data-id={batch.id}>
            <p>
              <label for={`unknown-${at}`}>
                <strong>{counted(batch.events, "event")}</strong>
                <SpanView span={batch} />
              </label>
            </p>
            <p id={`unknown-${at}-why`} class="message">
              {batch.message ?? ""} <code>{batch.reason ?? ""}</code>
              {text.batch}
              <code>{batch.id}</code>
            </p>
            <Chooser
              id={`unknown-${at}`}
              describedBy={`unknown-${at}-why`}
              word={wordOf(batch)}
              onChoose={(word) => choose(batch.id, word)}
            />
          </li>
        ))}
      </ul>
      {list.length > MOST && <p class="small">{text.more(list.length - MOST)}</p>}
      <p id="unknown-sum" class={isUnchanged ? "trouble" : "small"} role="status">
        {isUnchanged ? text.unchanged : text.sum(sum("accepted"), sum("resend"), sum("drop"), sum(""))}
      </p>
      <div class="actions">
        <Button submit>{label}</Button>
      </div>
    </form>
  );
}

interface ChooserProps {
  id: string;
  describedBy: string;
  word: Word;
  empty?: string;
  onChoose: (word: Word) => void;
}

function Chooser({ id, describedBy, word, empty, onChoose }: ChooserProps) {
  return (
    <select
      id={id}
      aria-describedby={describedBy}
      value={word}
      onChange={({ currentTarget }) => onChoose(currentTarget.value as Word)}
    >
      {CHOICES.map(([value, name]) => (
        <option key={value} value={value} selected={value === word}>
          {value === "" && empty !== undefined ? empty : name}
        </option>
      ))}
    </select>
  );
}
