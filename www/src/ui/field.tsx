import { useLayoutEffect, useRef } from "preact/hooks";
import type { Children } from "./foreign.js";

interface Labelled {
  id: string;
  label: Children;
  hint?: Children;
  /** What is wrong with the value. */
  trouble?: string | undefined;
}

interface FieldProps extends Labelled {
  type?: "password" | "text" | "url";
  isNumber?: boolean;
  /** Whether it takes the focus when it is first shown. */
  isFocused?: boolean;
  value: string;
  placeholder?: string;
  onType: (value: string) => void;
}

/** A labelled input with its hint, and with what is wrong with its value, if anything. */
export function Field({ id, label, type = "text", isNumber = false, isFocused = false, ...rest }: FieldProps) {
  const { value, hint, trouble, placeholder, onType } = rest;
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (isFocused) input.current?.focus();
  }, []);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        ref={input}
        id={id}
        type={type as "text"}
        autocomplete="off"
        autocapitalize="off"
        spellcheck={false}
        inputMode={isNumber ? "numeric" : undefined}
        placeholder={placeholder}
        aria-describedby={described({ id, hint, trouble })}
        aria-invalid={trouble === undefined ? undefined : "true"}
        value={value}
        onInput={({ currentTarget }) => onType(currentTarget.value)}
      />
      <Hints id={id} hint={hint} trouble={trouble} />
    </div>
  );
}

export interface Choice {
  value: string;
  label: string;
  disabled?: boolean;
}

interface SelectProps extends Labelled {
  value: string;
  choices: readonly (Choice | { label: string; choices: readonly Choice[] })[];
  onChoose: (value: string) => void;
}

/** A labelled list of which one is chosen. */
export function Select({ id, label, value, choices, hint, trouble, onChoose }: SelectProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        aria-describedby={described({ id, hint, trouble })}
        aria-invalid={trouble === undefined ? undefined : "true"}
        value={value}
        onChange={({ currentTarget }) => onChoose(currentTarget.value)}
      >
        {choices.map((choice) =>
          "choices" in choice ? (
            <optgroup key={choice.label} label={choice.label}>
              {choice.choices.map((inner) => option(inner, value))}
            </optgroup>
          ) : (
            option(choice, value)
          ),
        )}
      </select>
      <Hints id={id} hint={hint} trouble={trouble} />
    </div>
  );
}

/** Returns the choices of a list of words and their labels. */
export function choicesOf(words: Record<string, string>): Choice[] {
  return Object.entries(words).map(([value, label]) => ({ value, label }));
}

interface CheckProps {
  id: string;
  label: Children;
  checked: boolean;
  disabled?: boolean;
  describedBy?: string;
  onCheck: (checked: boolean) => void;
}

/** A box to tick, with its label. */
export function Check({ id, label, checked, disabled = false, describedBy, onCheck }: CheckProps) {
  return (
    <p class="choice">
      <input
        type="checkbox"
        id={id}
        checked={checked}
        disabled={disabled}
        aria-describedby={describedBy}
        onChange={({ currentTarget }) => onCheck(currentTarget.checked)}
      />
      <label for={id}>{label}</label>
    </p>
  );
}

function option({ value, label, disabled = false }: Choice, chosen: string) {
  return (
    <option key={value} value={value} disabled={disabled} selected={value === chosen}>
      {label}
    </option>
  );
}

function described({ id, hint, trouble }: Omit<Labelled, "label">): string | undefined {
  const ids = [...(trouble === undefined ? [] : [`${id}-trouble`]), ...(hint === undefined ? [] : [`${id}-hint`])];
  return ids.length > 0 ? ids.join(" ") : undefined;
}

function Hints({ id, hint, trouble }: Omit<Labelled, "label">) {
  return (
    <>
      {trouble !== undefined && (
        <p id={`${id}-trouble`} class="trouble">
          {trouble}
        </p>
      )}
      {hint !== undefined && (
        <p id={`${id}-hint`} class="small">
          {hint}
        </p>
      )}
    </>
  );
}
