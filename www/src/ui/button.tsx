import type { Children } from "./foreign.js";

/** How much a button stands out. */
export type Look = "main" | "quiet" | "danger" | "link";

interface ButtonProps {
  onPress?: () => void;
  look?: Look;
  /** Whether it sends its form. */
  submit?: boolean;
  disabled?: boolean;
  children: Children;
}

export function Button({ onPress, look = "main", submit = false, disabled = false, children }: ButtonProps) {
  return (
    <button
      type={submit ? "submit" : "button"}
      class={look === "link" ? "link" : look === "main" ? "button" : `button ${look}`}
      disabled={disabled}
      onClick={onPress}
    >
      {children}
    </button>
  );
}
