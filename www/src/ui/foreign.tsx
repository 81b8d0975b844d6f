import type { ComponentChildren } from "preact";

/** Isolates text from outside, so that its direction marks do not turn the text around it. */
export function Foreign({ text, name = false }: { text: string; name?: boolean }) {
  return <bdi class={name ? "name" : undefined}>{text}</bdi>;
}

/** Writes the names of files, as `a.csv and 3 more files`. */
export function FileNames({ names, more }: { names: readonly string[]; more: (n: number) => string }) {
  const [first = "", ...rest] = names;
  return (
    <>
      <Foreign text={first} name />
      {rest.length > 0 && more(rest.length)}
    </>
  );
}

export type Children = ComponentChildren;
