type Property = string | number | boolean;

/** Makes an event of a row, typed as ours is: an empty cell is absent, and a number is what would be written the same. */
export function eventOf(row: Readonly<Record<string, string>>): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  let properties: Record<string, Property> | undefined;
  for (const name in row) {
    const cell = row[name] as string;
    if (cell === "") continue;
    if (name === "timestamp" || name === "value") event[name] = Number(cell);
    else if (name.startsWith("properties.")) {
      properties ??= {};
      properties[name.slice(11)] = typed(cell);
    } else event[name] = cell;
  }
  if (properties) event.properties = properties;
  return event;
}

function typed(cell: string): Property {
  if (cell === "true") return true;
  if (cell === "false") return false;
  const first = cell.charCodeAt(0);
  if (first !== 45 && !(first >= 48 && first <= 57)) return cell;
  const number = Number(cell);
  return String(number) === cell ? number : cell;
}
