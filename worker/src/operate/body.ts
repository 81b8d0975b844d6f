import { Refusal } from "../problem.js";

/** What is not read would be ignored, and more would be done than was meant. */
export async function assertNoBody({ body }: Request): Promise<void> {
  if (!body) return;
  const reader = body.getReader();
  for (let isOver = false; !isOver; ) {
    const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
    isOver = done;
    if (value === undefined || value.length === 0) continue;
    await reader.cancel().catch(() => {});
    throw new Refusal(400, { detail: "there is a body, and none is read here: send none; nothing was done" });
  }
}

/** `as` of a body that has nothing else; undefined where the body is no JSON object. */
export async function asOf(request: Request): Promise<unknown> {
  const given: unknown = await request.json().catch(() => undefined);
  if (typeof given !== "object" || given === null || Array.isArray(given)) return undefined;
  const other = Object.keys(given).find((name) => name !== "as");
  if (other !== undefined) {
    const shown = JSON.stringify(other.slice(0, 40));
    throw new Refusal(400, { detail: `${shown} is not read in the body, only "as" is: send {"as": WORD}` });
  }
  return (given as { as?: unknown }).as;
}
