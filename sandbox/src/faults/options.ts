import { validateHeaderName, validateHeaderValue } from "node:http";

interface Rule {
  fits: (value: unknown) => boolean;
  expected: string;
}

const wholeNumber = (least: number, most: number): Rule => ({
  fits: (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
  expected: `a whole number from ${least} to ${most}`,
});

const oneOf = (...words: string[]): Rule => ({
  fits: (value) => words.includes(value as string),
  expected: words.map((word) => `"${word}"`).join(" or "),
});

const text: Rule = { fits: (value) => typeof value === "string", expected: "a string" };
const count = wholeNumber(1, Number.MAX_SAFE_INTEGER);
const size = wholeNumber(0, Number.MAX_SAFE_INTEGER);
const milliseconds = wholeNumber(0, 2 ** 31 - 1);

/** The values that each option of a fault may have. */
export const options = {
  post: count,
  every: count,
  times: count,
  bytesOver: size,
  contains: { fits: (value) => typeof value === "string" && value !== "", expected: "a string that is not empty" },
  take: { fits: (value) => typeof value === "boolean", expected: "true or false" },
  ms: milliseconds,
  when: oneOf("headers", "body"),
  status: wholeNumber(200, 599),
  headers: {
    fits: areHeaders,
    expected: 'an object of headers with strings as values, without "content-length" and "transfer-encoding"',
  },
  body: text,
  retryAfterDate: wholeNumber(0, 86_400),
  location: { fits: isHeaderValue, expected: "a string that a header may hold" },
  size: wholeNumber(2, 100_000_000),
  interval: milliseconds,
} satisfies Record<string, Rule>;

export type Option = keyof typeof options;

/** The options that every kind of fault has. */
export const common: readonly Option[] = ["post", "every", "times", "bytesOver", "contains", "take", "ms"];

function areHeaders(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.entries(value).every(
    ([name, content]) =>
      isHeaderName(name) &&
      isHeaderValue(content) &&
      !["content-length", "transfer-encoding"].includes(name.toLowerCase()),
  );
}

function isHeaderName(name: string): boolean {
  try {
    validateHeaderName(name);
    return true;
  } catch {
    return false;
  }
}

function isHeaderValue(value: unknown): boolean {
  if (typeof value !== "string") return false;
  try {
    validateHeaderValue("x", value);
    return true;
  } catch {
    return false;
  }
}
