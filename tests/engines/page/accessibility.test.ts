import axe from "axe-core";
import { expect, test } from "vitest";
import { event, events, ndjson } from "../../support/events.js";
import { Folder } from "../../support/folder.js";
import { startSandbox } from "../../support/sandbox.js";
import { KEY, type Screen, useVisits, type Visit } from "./visit.js";

const open = useVisits();

const MIXED = {
  name: "mixed.ndjson",
  text: ndjson([
    event(0),
    event(1, { eventTypeId: "page load" }),
    event(2, { timestamp: "1645557823" }),
    event(3, { properties: { long: "x".repeat(300) } }),
    event(4, { value: null }),
  ]),
};

/** Goes through every step of the page, and calls `at` on each. */
async function walk(
  visit: Visit,
  sandbox: Awaited<ReturnType<typeof startSandbox>>,
  at: (step: string) => Promise<void>,
) {
  await at("choose");
  await visit.choose({ name: "empty.json", text: "" });
  await at("check of an empty file");
  await visit.press("Choose other files");
  await visit.choose(MIXED);
  await visit.openAll();
  await at("check with issues");
  await visit.send("");
  await visit.page.getByText("The SDK key is missing").waitFor();
  await at("send with a missing key");

  sandbox.setFaults([{ post: 1, do: "hang" }]);
  await visit.page.getByLabel("SDK key").fill(KEY);
  await visit.press("Send 4 events");
  await expect.poll(() => sandbox.posts()).toHaveLength(1);
  await visit.press("Stop");
  await at("sending, stopped");
  await visit.press("Cut off now");
  await visit.receipt();
  await at("receipt with unknown events");

  await visit.page.reload();
  await visit.receipt();
  await at("kept receipt after a reload");
  await visit.reload();
  await visit.press("Decide…");
  await at("unknown batches after a reload");
  await visit.page.getByLabel(/^4 events/).selectOption("resend");
  await visit.press("Save these decisions");
  await visit.main.getByText("4 events can still be sent").waitFor();
  await at("choose, with a send that is not over");
  await visit.press("Forget this send…");
  await visit.page.getByRole("dialog").waitFor();
  await at("question before forgetting a send");
  await visit.page.getByRole("dialog").getByRole("button", { name: "Forget this send" }).click();
  await visit.main.getByText("4 events can still be sent").waitFor({ state: "detached" });
  await visit.choose(MIXED);
  await visit.send();
  await visit.heading("All 4 events were sent before.");
  await visit.page.getByLabel("Send these 4 events again all the same").check();
  await at("sent before");
  await visit.press("Send 4 events");
  await visit.heading("4 of 5 events were accepted.");
  await at("receipt");
  await visit.press("Forget everything…");
  await visit.page.getByRole("dialog").waitFor();
  await at("question before forgetting everything");
  await visit.page.getByRole("dialog").getByRole("button", { name: "Forget everything" }).click();
  await visit.main.getByText("Everything is forgotten").waitFor();
  await at("everything is forgotten");
}

async function violations(page: Screen): Promise<string[]> {
  await page.run(`(async () => { ${axe.source} })()`);
  const { violations: found } = await page.evaluate(() => {
    const { axe: inPage } = window as unknown as { axe: typeof import("axe-core") };
    return inPage.run(document, { resultTypes: ["violations"] });
  });
  return found.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
}

for (const dark of [false, true]) {
  test(`axe finds no violation on any step in ${dark ? "dark" : "light"} colours`, async () => {
    const sandbox = await startSandbox();
    const visit = await open({ endpoint: sandbox.endpoint, dark });
    const found: string[] = [];
    const steps: string[] = [];
    await walk(visit, sandbox, async (step) => {
      steps.push(step);
      found.push(...(await violations(visit.page)).map((violation) => `${step}: ${violation}`));
    });
    expect(found).toEqual([]);
    expect(steps).toHaveLength(14);
  });
}

for (const width of [320, 1400]) {
  test(`every step fits into ${width} pixels`, async () => {
    const sandbox = await startSandbox();
    const visit = await open(sandbox);
    await visit.page.resize(width, 700);
    await walk(visit, sandbox, async (step) => {
      const hidden = await visit.page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return scrollWidth - clientWidth;
      });
      expect(`${step}: ${hidden}`).toBe(`${step}: 0`);
    });
  });
}

test("each new step focuses its heading and announces its result", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  const focused = () =>
    visit.page.evaluate(() => `${document.activeElement?.tagName} ${document.activeElement?.textContent}`);
  const said = () => visit.page.getByRole("status").textContent();

  await visit.chooseExample();
  expect(await focused()).toBe("H1 Both events needed a repair, and got it.");
  expect(await said()).toContain("2 events: 2 can be sent (2 repaired). Nothing has been sent yet.");
  await visit.press(/^Continue/);
  expect(await focused()).toBe("H1 Send 2 events");
  await visit.page.getByLabel("SDK key").fill(KEY);
  await visit.press("Send 2 events");
  await visit.receipt();
  expect(await focused()).toBe("H1 Both events were accepted.");
  expect(await said()).toContain("2 events: 2 accepted (2 repaired).");
});

test("all steps work with the keyboard alone", async () => {
  const sandbox = await startSandbox();
  const visit = await open(sandbox);
  const { page } = visit;
  const tabTo = async (name: string) => {
    for (let presses = 0; presses < 30; presses++) {
      await page.press("Tab");
      const label = await page.evaluate(() => {
        const element = document.activeElement as HTMLInputElement | null;
        return element?.labels?.[0]?.textContent ?? element?.textContent;
      });
      if (label === name) return;
    }
    throw new Error(`the keyboard does not reach ${name}`);
  };

  await page.pick(new Folder().write("a.ndjson", ndjson(events(3))));
  await tabTo("Choose files");
  await page.press("Enter");
  await visit.heading("All 3 events are good to go.");
  await tabTo("Continue with 3 events");
  await page.press("Enter");
  await tabTo("SDK key");
  await page.type(KEY);
  await page.press("Enter");
  await visit.heading("All 3 events were accepted.");
  expect(sandbox.ledger()).toHaveLength(3);
});

test("the page honours reduced motion", async () => {
  const visit = await open();
  await visit.chooseExample();
  expect(await visit.page.evaluate(() => document.getAnimations().length)).toBe(0);
});
