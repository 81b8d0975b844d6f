import { Refusal } from "../problem.js";

/** Refuses a request with a body: to ignore it might do more than was meant. */
export async function assertNoBody({ body }: Request): Promise<void> {
  if (!body) return;
  const reader = body.getReader();
  for (let isOver = false; !isOver; ) {
    const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
    isOver = done;
    if (value === undefined || value.length === 0) continue;
    await reader.cancel().catch(() => {});
    throw new Refusal(400, { detail: "this path takes no body: send the request without one; nothing was done" });
  }
}

/** Returns `as` of a body; `undefined` if the body is not a JSON object. Refuses any other member. */
export async function asOf(request: Request): Promise<unknown> {
  const given: unknown = await request.json().catch(() => undefined);
  if (typeof given !== "object" || given === null || Array.isArray(given)) return undefined;
  const other = Object.keys(given).find((name) => name !== "as");
  if (other !== undefined) {
    const shown = JSON.stringify(other.slice(0, 40));
    throw new Refusal(400, { detail: `the body has ${shown}, and may have only "as": send {"as": WORD}` });
  }
  return (given as { as?: unknown }).as;
}
