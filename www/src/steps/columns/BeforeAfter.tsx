import type { Look } from "../../link/protocol.js";
import { messages } from "../../messages/en.js";
import { Foreign } from "../../ui/foreign.js";
import { timeText } from "./Fields.js";

const text = messages.columns;
const RECORD = 300;

/** Shows the first records, and the events that are made of them. */
export function BeforeAfter({ look, isOld }: { look: Look; isOld: boolean }) {
  return (
    <section class="before-after" aria-labelledby="first-records" aria-busy={isOld}>
      <h2 id="first-records">{text.firstHeading}</h2>
      {isOld && <p class="small">{text.updating}</p>}
      {look.first.length === 0 && <p>{text.noRecord}</p>}
      <ol>
        {look.first.map(({ line, text: record, events }) => (
          <li key={line}>
            <div>
              <h3>
                {text.before} <span class="small">{text.line(line)}</span>
              </h3>
              <p class="record">
                <code>
                  <Foreign text={record.length > RECORD ? `${record.slice(0, RECORD)}…` : record.trimEnd()} />
                </code>
              </p>
            </div>
            <div>
              <h3>{text.after}</h3>
              {events.length === 0 && <p>{text.noEvent}</p>}
              {events.map((event, at) => (
                <Event key={at} event={event as Record<string, unknown>} />
              ))}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Event({ event }: { event: Record<string, unknown> }) {
  const { properties, ...fields } = event;
  const rows = [
    ...Object.entries(fields),
    ...Object.entries((properties ?? {}) as object).map(([name, value]) => [`properties.${name}`, value] as const),
  ];
  return (
    <dl class="event">
      {rows.map(([name, value]) => (
        <div key={name} class="part">
          <dt>
            <Foreign text={name} />
          </dt>
          <dd>
            <Foreign text={valueText(name, value)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function valueText(name: string, value: unknown): string {
  if (name === "timestamp" && typeof value === "number") return timeText(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}
