import type { Member } from "./member.js";
import { isTrue, takeXml } from "./xml.js";

/** A sheet of a workbook. */
export interface Sheet {
  name: string;
  isHidden: boolean;
  member: Member;
}

/** The parts of a workbook that are needed to read a sheet. */
interface Parts {
  sheets: Sheet[];
  /** Whether days are counted from 1904 on. */
  is1904: boolean;
  /** The texts of cells. */
  texts: Member | undefined;
  /** How cells are shown. */
  styles: Member | undefined;
}

interface Relation {
  id: string;
  /** The last part of its type. */
  type: string;
  target: string;
}

/** Finds the sheets of a workbook, by the relations between its members. */
export async function sheetsOf(members: Member[]): Promise<Parts> {
  const find = (path: string) => members.find(({ name }) => name.toLowerCase() === path.toLowerCase());
  const top = await relations(find("_rels/.rels"), "");
  const path = top.find(({ type }) => type === "officeDocument")?.target ?? "xl/workbook.xml";
  const workbook = find(path);
  if (!workbook) throw new Error(`${path} is missing`);
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const related = await relations(find(`${folder}_rels/${path.slice(folder.length)}.rels`), folder);
  const named: { name: string; isHidden: boolean; id: string }[] = [];
  let is1904 = false;
  await takeXml(workbook, {
    open(tag, attributes) {
      if (tag === "workbookPr") is1904 = isTrue(attributes.date1904);
      if (tag !== "sheet") return;
      const id = Object.entries(attributes).find(([name]) => /(^|:)id$/.test(name))?.[1] ?? "";
      const { name = "", state = "visible" } = attributes;
      named.push({ name, isHidden: state !== "visible", id });
    },
  });
  const sheets = named.flatMap(({ name, isHidden, id }) => {
    const relation = related.find((one) => one.id === id && one.type === "worksheet");
    const member = relation && find(relation.target);
    if (relation && !member) throw new Error(`${relation.target} is missing`);
    return member ? [{ name, isHidden, member }] : []; // the others are charts
  });
  const ofType = (wanted: string) => {
    const relation = related.find(({ type }) => type === wanted);
    return relation && find(relation.target);
  };
  return { sheets, is1904, texts: ofType("sharedStrings"), styles: ofType("styles") };
}

async function relations(member: Member | undefined, folder: string): Promise<Relation[]> {
  const found: Relation[] = [];
  if (!member) return found;
  await takeXml(member, {
    open(tag, { Id: id = "", Type = "", Target = "", TargetMode }) {
      if (tag !== "Relationship" || TargetMode === "External") return;
      found.push({ id, type: Type.slice(Type.lastIndexOf("/") + 1), target: resolved(folder, Target) });
    },
  });
  return found;
}

function resolved(folder: string, target: string): string {
  const path = target.startsWith("/") ? target.slice(1) : folder + target;
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}
