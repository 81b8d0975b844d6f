const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** Writes a time in a sentence, as `on 27/11/2026 at 14:03`. */
export const moment = (time: Date): string => `on ${time.toLocaleDateString("en-GB")} at ${clock.format(time)}`;

/** Writes a time in a list, as `27 Nov, 14:03`. */
export const shortMoment = (time: Date): string => `${day.format(time)}, ${clock.format(time)}`;
