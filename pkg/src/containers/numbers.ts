/** Returns a stored whole number: a number, a BigInt, or bytes of which the first is the highest. */
export function wholeOf(value: unknown): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value as number | bigint);
  let whole = 0n;
  for (const byte of value) whole = (whole << 8n) | BigInt(byte);
  return BigInt.asIntN(value.length * 8, whole);
}

/** Returns a whole number, divided by ten to the power of `scale`, with all its digits and no zeros behind them. */
export function decimalText(whole: bigint, scale: number): string {
  const sign = whole < 0n ? "-" : "";
  const digits = String(whole < 0n ? -whole : whole);
  if (scale <= 0) return sign + digits + (whole === 0n ? "" : "0".repeat(-scale));
  const padded = digits.padStart(scale + 1, "0");
  const behind = padded.slice(-scale).replace(/0+$/, "");
  return `${sign}${padded.slice(0, -scale)}${behind === "" ? "" : `.${behind}`}`;
}

/** Returns the shortest text that is read as this number of 32 bits. */
export function floatText(value: number): string {
  for (let digits = 6; digits < 9; digits += 1) {
    const near = Number(value.toPrecision(digits));
    if (Math.fround(near) === value) return String(near);
  }
  return String(Number(value.toPrecision(9)));
}

/** Returns a number of 16 bits. */
export function halfOf(bytes: Uint8Array): number {
  const bits = ((bytes[1] as number) << 8) | (bytes[0] as number);
  const sign = bits >> 15 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 0x1f, (bits & 0x3ff) / 1024];
  if (exponent === 0) return sign * 2 ** -14 * fraction;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * 2 ** (exponent - 15) * (1 + fraction);
}

/** Returns a number of 32 bits without a sign. */
export function unsigned(value: number): number {
  return value >>> 0;
}
