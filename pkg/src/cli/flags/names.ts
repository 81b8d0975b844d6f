import { type Row, rowsFor } from "../../options/rows.js";
import { withOptions } from "../../words/index.js";

/** Returns the flag of an option, as `--timeout`, or `undefined` if the command has none. */
function flagOf({ flag }: Pick<Row, "flag">): string | undefined {
  return flag?.split(" ")[0];
}

/** Names the options in a message or a hint as the command does: `` `maxBytes` `` becomes `--max-bytes`. */
export function inFlags(text: string): string {
  return withOptions(text, flagNamed);
}

/** Names the flag in the message of a `ConfigError`, which names the option. Credentials in a URL are left out. */
export function configErrorInFlags(message: string): string {
  const [named = ""] = /^\S+(?= (must|does) )/.exec(message) ?? [];
  const flag = flagNamed(named);
  return (flag === undefined ? message : message.replace(named, flag))
    .replace(/^the column of knownKeys\b/, "--known-keys-column")
    .replace(/(?<= without )ledger\b/, "--ledger")
    .replace(/(?<= go with )mapping\b/, "--mapping")
    .replace("presets() lists", "split-events presets lists")
    .replace("listUnknown lists", "split-events unknown lists")
    .replace("by resolving it as unknown", "with --as unknown")
    .replaceAll(/\bapiKey\b/g, "SPLIT_API_KEY")
    .replaceAll(/\/\/[^/\s]*@/g, "//");
}

function flagNamed(option: string): string | undefined {
  const row = [...rowsFor("send"), ...rowsFor("KnownKeys.read")].find(({ name }) => name === option);
  return row && flagOf(row);
}
