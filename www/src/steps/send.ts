import { ConfigError } from "split-events";
import { counted } from "split-events/internal/words";
import { failureText } from "../failure.js";
import { type Import, sendable } from "../import.js";
import { button, h } from "../ui/dom.js";
import { field } from "../ui/field.js";
import { moment } from "../ui/format.js";
import { notice } from "../ui/notice.js";
import { type Scene, title } from "../ui/stage.js";
import { whatGoes } from "../words.js";

/** What the user filled in. It ends with the page; the key is never stored. */
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
  /** When an earlier send of these files began, if it ended early. */
  brokenOff?: Date | undefined;
  /** Why the page cannot remember what it sends, if that is to be said. */
  fleeting?: string | undefined;
  /** Why the last try did not begin. */
  trouble?: unknown;
}

/** Asks for the key and the address, and says which events will be sent. */
export function sendScene(
  checked: Import,
  { target, service, linked, brokenOff, fleeting, trouble }: SendState,
  actions: SendActions,
): Scene {
  const n = sendable(checked);
  const heading = brokenOff ? `Send what is left of ${counted(n, "event")}` : `Send ${counted(n, "event")}`;
  const goes = brokenOff ? "What was accepted is not sent again." : whatGoes(checked.report);
  const about = troubleAbout(trouble);
  const key = field({
    id: "key",
    label: "SDK key",
    type: "password",
    value: target.apiKey,
    hint: "The key of the environment that the events belong to, not an Admin key. It is never stored, and goes to the address below only.",
    trouble: about === "key" ? failureText(trouble) : undefined,
  });
  const endpoint = field({
    id: "endpoint",
    label: "Address of the service",
    type: "url",
    value: target.endpoint,
    hint: "The events and the key go there.",
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
    brokenOff && brokenOffNotice(brokenOff),
    fleeting !== undefined && fleetingNotice(fleeting),
    about === "all" && notice("error", h("p", {}, `${failureText(trouble)}.`)),
    h(
      "div",
      { class: "actions" },
      h("button", { class: "button" }, brokenOff ? "Send what is left" : heading),
      button("Back to the check", actions.onBack, { class: "button quiet" }),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    actions.onSend({ apiKey: key.input.value.trim(), endpoint: endpoint.input.value.trim() });
  });

  const content = h("section", { class: "card send" }, title(heading), h("p", { class: "lead" }, goes), form);
  return { step: "Send", heading, content, announcement: goes };
}

/** Warns of an address that is not the service's own: the key goes there, and a link may bring any address. */
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
      "This is not Split’s own address: your key and your events go to ",
      h("strong", {}, new URL(address).host),
      `.${how}`,
    ),
  );
}

function brokenOffNotice(began: Date): HTMLElement {
  const text = `An earlier send of these files began ${moment(began)} and ended early. This one goes on where it stopped: what was accepted is not sent again, and what was under way is unknown.`;
  return notice("warning", h("p", {}, text));
}

/** Warns that the page cannot remember here what it sends. */
function fleetingNotice(why: string): HTMLElement {
  const text =
    "This browser keeps nothing for this page, as in some private windows. Once you close or reload the page, it no longer knows what it has sent, and can send it twice.";
  return notice("warning", h("p", {}, text), h("p", { class: "small" }, why));
}

function troubleAbout(trouble: unknown): "none" | "key" | "endpoint" | "all" {
  if (trouble === undefined) return "none";
  if (!(trouble instanceof ConfigError)) return "all";
  if (trouble.code.endsWith("_api_key")) return "key";
  return trouble.code === "invalid_endpoint" || trouble.message.startsWith("endpoint ") ? "endpoint" : "all";
}
