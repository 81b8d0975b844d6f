const whole = new Intl.NumberFormat("en-US");
const short = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

/** Writes a number with its thousands apart, as `1,204`. */
export function count(n: number): string {
  return whole.format(n);
}

/** Counts things, as `1 event` and `1,204 events`. */
export function counted(n: number, thing: string, things = `${thing}s`): string {
  return `${count(n)} ${n === 1 ? thing : things}`;
}

/** Joins the parts of a sentence, as `a, b and c`. */
export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** Writes a number of bytes, as `380 bytes`, `1.5 kB` and `20.3 MB`. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return counted(bytes, "byte");
  if (bytes < 1_000_000) return `${short.format(bytes / 1000)} kB`;
  if (bytes < 1_000_000_000) return `${short.format(bytes / 1_000_000)} MB`;
  return `${short.format(bytes / 1_000_000_000)} GB`;
}

/** Writes a time, as `8 s`, `3 min` and `2 h 13 min`. */
export function duration(seconds: number): string {
  const rounded = Math.ceil(seconds);
  if (rounded < 120) return `${rounded} s`;
  const minutes = Math.round(rounded / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = `${Math.floor(minutes / 60)} h`;
  return minutes % 60 === 0 ? hours : `${hours} ${minutes % 60} min`;
}

/** Makes a sentence of a clause: `not taken` becomes `Not taken.` */
export function sentence(clause: string): string {
  const text = `${clause.charAt(0).toUpperCase()}${clause.slice(1)}`;
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
