const paths = {
  check: "M4 12.5 9.5 18 20 7",
  cross: "M6 6 18 18M18 6 6 18",
  question: "M8.5 9a3.5 3.5 0 1 1 5.2 3.1c-1.1.7-1.7 1.3-1.7 2.6M12 18.6v.1",
  pause: "M9 6v12M15 6v12",
  wrench: "M5 19 13 11M14.5 4.6a5 5 0 0 0-5.9 6.4L4 15.6 8.4 20l4.6-4.6a5 5 0 0 0 6.4-5.9L16.2 12.7 11.3 7.8Z",
  eye: "M3 12s3.3-6 9-6 9 6 9 6-3.3 6-9 6-9-6-9-6ZM12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
  list: "M9 7h11M9 12h11M9 17h11M4.5 7v.1M4.5 12v.1M4.5 17v.1",
  tray: "M12 4v10M8 8l4-4 4 4M4 14v4a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2v-4",
  down: "M12 4v11M7.5 11 12 15.5 16.5 11M5 20h14",
} as const;

export type IconName = keyof typeof paths;

/** Draws an icon that screen readers skip: the text beside it says the same. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg viewBox="0 0 24 24" class="icon" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
