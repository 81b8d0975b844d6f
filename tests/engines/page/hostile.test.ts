import { expect, test } from "vitest";
import { event, ndjson } from "../../support/events.js";
import { startSandbox } from "../../support/sandbox.js";
import { useVisits, type Visit } from "./visit.js";

const open = useVisits();

const MARKUP = '<img src=x onerror="document.title=`owned`">';
const RIGHT_TO_LEFT = "\u202e";

async function expectOnlyText(visit: Visit): Promise<void> {
  expect(await visit.page.locator("img, script:not([src]), iframe").count()).toBe(0);
  expect(await visit.page.evaluate(() => document.title)).not.toContain("owned");
  expect(await visit.faults()).toEqual([]);
}

test("markup in a file's name and content is shown as text on every step", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  const name = `${MARKUP}${RIGHT_TO_LEFT}.ndjson`;
  const lines = [event(0), event(1, { eventTypeId: MARKUP }), event(2, { [MARKUP]: MARKUP })];

  await visit.choose({ name, text: ndjson(lines) });
  expect(await visit.page.getByRole("list", { name: "Files" }).textContent()).toContain(name);
  await visit.openAll();
  expect(await visit.issue("event_type_id_invalid").innerText()).toContain(JSON.stringify(MARKUP));
  expect(await visit.issue("unknown_field").innerText()).toContain(MARKUP);
  await expectOnlyText(visit);

  sandbox.setFaults([{ do: "status", status: 400, body: MARKUP }]);
  await visit.send();
  await visit.receipt();
  expect(await visit.text()).toContain(`the service answered 400: ${MARKUP}`);
  expect(await visit.main.textContent()).toContain(name);
  await expectOnlyText(visit);
});

test("a name with direction marks does not turn the text around it", async () => {
  const visit = await open();
  await visit.choose({ name: `${RIGHT_TO_LEFT}nosj.ndjson`, text: "" });
  const names = visit.page.locator(".name");
  expect(await names.count()).toBeGreaterThan(1);
  for (const name of await names.all()) expect(await name.evaluate(({ tagName }) => tagName)).toBe("BDI");
});

test("text cannot become markup or code anywhere in the page", async () => {
  const visit = await open();
  // in a task of its own, since a debugger may evaluate anything
  const failure = (what: "markup" | "code") =>
    visit.page.evaluate(
      (tried) =>
        new Promise<string>((resolve) => {
          setTimeout(() => {
            try {
              if (tried === "markup") document.body.innerHTML = "<b>owned</b>";
              else new Function("return 1")();
              resolve("allowed");
            } catch (error) {
              resolve((error as Error).name);
            }
          });
        }),
      what,
    );
  expect(await failure("markup")).toBe("TypeError");
  expect(await failure("code")).toBe("EvalError");
});

test("neither can it in the page's thread", async () => {
  const visit = await open();
  const answer = await visit.page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const channel = new BroadcastChannel("code");
        channel.onmessage = ({ data }) => resolve(data);
        // the thread may still be starting
        setInterval(() => channel.postMessage(""), 100);
      }),
  );
  expect(answer).toBe("EvalError");
});

test("every step keeps the page's own content security policy", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  await visit.chooseExample();
  await visit.send();
  await visit.receipt();
  await visit.download("Receipt (JSON)");
  expect(await visit.faults()).toEqual([]);
});
