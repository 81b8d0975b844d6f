import { ConfigError } from "split-events";
import { failureText } from "../failure.js";
import { type Import, sendable } from "../import.js";
import type { BrokenOff } from "../journal.js";
import { type EarlierSend, howEarlier } from "../sent-files.js";
import { button, h } from "../ui/dom.js";
import { field } from "../ui/field.js";
import { counted, listed, timeOfDay } from "../ui/format.js";
import { notice } from "../ui/notice.js";
import { type Scene, title } from "../ui/stage.js";
import { whatGoes } from "../words.js";
import { askAgain } from "./again.js";

/** What the user filled in. It lives as long as the page; the key is in no storage. */
export interface Target {
  apiKey: string;
  endpoint: string;
}

export interface SendActions {
  onSend: (target: Target) => void;
  onBack: () => void;
}

export interface SendState {
  target: Target;
  /** The service's own address. */
  service: string;
  /** The address that came with the link to this page. */
  linked?: string | undefined;
  earlier?: EarlierSend | undefined;
  /** The import before was broken off: the tab was closed, the browser died, or nothing more could be sent. */
  before?: BrokenOff | undefined;
  /** Why the last try did not even begin. */
  trouble?: unknown;
}

/** Asks for the key and the address, says what will go and what will not, and waits for the press of a button. */
export function sendScene(
  checked: Import,
  { target, service, linked, earlier, before, trouble }: SendState,
  actions: SendActions,
): Scene {
  const n = sendable(checked);
  const heading = before?.same ? `Send what is left of ${counted(n, "event")}` : `Send ${counted(n, "event")}`;
  const goes = before?.same
    ? "What the journal of this browser has as accepted stays as it is."
    : whatGoes(checked.report);
  const about = troubleAbout(trouble);
  const key = field({
    id: "key",
    label: "SDK key",
    type: "password",
    value: target.apiKey,
    hint: "Of the environment that the events belong to; not an Admin key. It is never stored, and goes to the address below only.",
    trouble: about === "key" ? failureText(trouble) : undefined,
  });
  const endpoint = field({
    id: "endpoint",
    label: "Address of the service",
    type: "url",
    value: target.endpoint,
    hint: "Where the events and the key go.",
    trouble: about === "endpoint" ? failureText(trouble) : undefined,
  });
  const elsewhere = h("div");
  const warnElsewhere = () =>
    elsewhere.replaceChildren(...elsewhereNotice(endpoint.input.value.trim(), { service, linked }));
  endpoint.input.addEventListener("input", warnElsewhere);
  warnElsewhere();

  const form = h(
    "form",
    { novalidate: true },
    key.element,
    endpoint.element,
    elsewhere,
    earlier !== undefined && earlierNotice(earlier),
    before !== undefined && brokenOffNotice(before),
    about === "all" && notice("error", h("p", {}, `${failureText(trouble)}.`)),
    h(
      "div",
      { class: "actions" },
      h(
        "button",
        { class: "button" },
        before?.same ? "Send what is left" : earlier ? `Send ${counted(n, "event")} again…` : heading,
      ),
      button("Back to the check", actions.onBack, { class: "button quiet" }),
    ),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (earlier && !(await askAgain(earlier, n))) return;
    actions.onSend({ apiKey: key.input.value.trim(), endpoint: endpoint.input.value.trim() });
  });

  const content = h("section", { class: "card send" }, title(heading), h("p", { class: "lead" }, goes), form);
  return { step: "Send", heading, content, announcement: goes };
}

/** A link may bring any address, and the key goes there: so it is said. */
function* elsewhereNotice(
  address: string,
  { service, linked }: Pick<SendState, "service" | "linked">,
): Generator<HTMLElement> {
  if (address === service || !URL.canParse(address)) return;
  const how = address === linked ? " This address came with the link that opened this page." : "";
  yield notice(
    "warning",
    h(
      "p",
      {},
      "Not Split’s own address: your key and your events go to ",
      h("strong", {}, new URL(address).host),
      `.${how}`,
    ),
  );
}

function earlierNotice(earlier: EarlierSend): HTMLElement {
  const text = `You sent this from here at ${timeOfDay(earlier.at)}, and it ended with ${howEarlier(earlier)}. `;
  const repeats = "The service does not recognise repeats: sent again, those events count twice.";
  return notice("warning", h("p", {}, text, repeats));
}

function brokenOffNotice({ at, files, same }: BrokenOff): HTMLElement {
  const when = `on ${at.toLocaleDateString("en-GB")} at ${timeOfDay(at)}`;
  const text = same
    ? `Sending these files began ${when} and did not come to its end. It goes on where it stopped: what was accepted is not sent again, and what was under way is unknown.`
    : `Sending ${listed(files)} began ${when} and did not come to its end. Choose the same again to go on with it; sending something else forgets it.`;
  return notice("warning", h("p", {}, text));
}

function troubleAbout(trouble: unknown): "none" | "key" | "endpoint" | "all" {
  if (trouble === undefined) return "none";
  if (!(trouble instanceof ConfigError)) return "all";
  if (trouble.code.endsWith("_api_key")) return "key";
  return trouble.code === "invalid_endpoint" || trouble.message.startsWith("endpoint ") ? "endpoint" : "all";
}
