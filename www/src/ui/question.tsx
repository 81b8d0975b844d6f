import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "./button.js";
import type { Children } from "./foreign.js";

interface QuestionProps {
  title: string;
  /** The label of the button that says yes. */
  yes: string;
  no: string;
  onAnswer: (yes: boolean) => void;
  children: Children;
}

/** Asks before a step that cannot be taken back. Enter and Escape say no. */
export function Question({ title, yes, no, onAnswer, children }: QuestionProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const answer = (word: "yes" | "no") => dialog.current?.close(word);
  return (
    <dialog
      ref={dialog}
      class="card"
      aria-labelledby={id}
      onClose={({ currentTarget }) => onAnswer(currentTarget.returnValue === "yes")}
    >
      <h2 id={id}>{title}</h2>
      {children}
      <div class="actions">
        <Button onPress={() => answer("no")}>{no}</Button>
        <Button look="danger" onPress={() => answer("yes")}>
          {yes}
        </Button>
      </div>
    </dialog>
  );
}
