import { readFileSync, writeFileSync } from "node:fs";
import { BEGIN, deliveryTable, END, optionsPage } from "./lib/option-tables.mjs";
import { root } from "./lib/root.mjs";

const delivery = `${root}/docs/DELIVERY.md`;
const page = readFileSync(delivery, "utf8");
const [before, after] = [page.indexOf(BEGIN), page.indexOf(END)];
if (before < 0 || after < before) throw new Error(`${delivery} has no place for the table of options`);
writeFileSync(delivery, `${page.slice(0, before)}${BEGIN}\n\n${deliveryTable()}\n${page.slice(after)}`);
writeFileSync(`${root}/docs/OPTIONS.md`, optionsPage());
