import { useState } from "preact/hooks";
import type { Look, Reading } from "../../link/protocol.js";
import { messages } from "../../messages/en.js";
import { Button } from "../../ui/button.js";
import { choicesOf } from "../../ui/field.js";
import { Foreign } from "../../ui/foreign.js";
import { useFlow } from "../../ui/stage.js";
import { type Property, propertyOf, withProperty } from "./choice.js";

const FIRST = 20;
const text = messages.columns;

/** Lets the user keep, rename, type and leave out properties. */
export function Properties({ reading, look }: { reading: Reading; look: Look }) {
  const [isWhole, setWhole] = useState(false);
  const rows = look.parts.flatMap((part) => {
    const property = propertyOf(part, reading);
    return property ? [{ part, property }] : [];
  });
  if (rows.length === 0) return null;
  const shown = isWhole ? rows : rows.slice(0, FIRST);
  const { column, samples, keep, name, type } = text.property;
  return (
    <details class="properties">
      <summary>{`${text.propertiesHeading} (${rows.filter(({ property }) => property.isKept).length})`}</summary>
      <p class="small">{text.propertiesLead}</p>
      <section class="wide" aria-label={text.propertiesHeading}>
        <table class="places">
          <thead>
            <tr>
              {[column, samples, keep, name, type].map((heading) => (
                <th key={heading} scope="col">
                  {heading}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ part, property }) => (
              <Row key={part.name} samples={part.samples} property={property} reading={reading} />
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > shown.length && (
        <Button look="link" onPress={() => setWhole(true)}>
          {text.moreParts(rows.length - shown.length)}
        </Button>
      )}
    </details>
  );
}

interface RowProps {
  samples: readonly string[];
  property: Property;
  reading: Reading;
}

function Row({ samples, property, reading }: RowProps) {
  const flow = useFlow();
  const change = (more: Partial<Property>) => flow.read(withProperty({ ...property, ...more }, reading));
  const { part, isKept, name, type } = property;
  const names = text.property;
  return (
    <tr>
      <th scope="row" data-heading={names.column}>
        <Foreign text={part} name />
      </th>
      <td data-heading={names.samples}>
        <Foreign text={samples.slice(0, 2).join(", ").slice(0, 60)} />
      </td>
      <td data-heading={names.keep}>
        <input
          type="checkbox"
          aria-label={names.keepOf(part)}
          checked={isKept}
          onChange={({ currentTarget }) => change({ isKept: currentTarget.checked })}
        />
      </td>
      <td data-heading={names.name}>
        <input
          type="text"
          aria-label={names.nameOf(part)}
          value={name}
          disabled={!isKept}
          onChange={({ currentTarget }) => change({ name: currentTarget.value })}
        />
      </td>
      <td data-heading={names.type}>
        <select
          aria-label={names.typeOf(part)}
          value={type}
          disabled={!isKept}
          onChange={({ currentTarget }) => change({ type: currentTarget.value as Property["type"] })}
        >
          {choicesOf(names.types).map(({ value, label }) => (
            <option key={value} value={value} selected={value === type}>
              {label}
            </option>
          ))}
        </select>
      </td>
    </tr>
  );
}
