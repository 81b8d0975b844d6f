import type { FileEntry } from "@zip.js/zip.js";
import { ZipReader } from "@zip.js/zip.js/lib/zip-core-reader.js";
import { InputError } from "../errors/input-error.js";
import type { ContainerOptions, Packed, Part } from "../input/containers.js";
import { damage, type Held, held } from "./held.js";
import { inflated } from "./inflated.js";
import type { Member } from "./member.js";

const [STORED, DEFLATED] = [0, 8];
/** The first bytes of a member, and the length of its header without its name. */
const [SIGNATURE, HEADER] = [0x04034b50, 30];
/** The most bytes that are read at once. */
const CHUNK = 64 * 1024;
/** The methods that other programs use, by their numbers. */
const METHODS: Record<number, string> = {
  1: "shrink",
  6: "implode",
  9: "deflate64",
  12: "bzip2",
  14: "LZMA",
  93: "zstd",
  95: "xz",
  96: "JPEG",
  98: "PPMd",
};

/** Files of other kinds that are zip files, by a member that they have. */
const DOCUMENTS: [member: RegExp, what: string][] = [
  [/^xl\/workbook\.bin$/i, "a binary Excel workbook (xlsb): save it as .xlsx or CSV"],
  [/^word\/document\.xml$/i, "a Word document"],
  [/^ppt\/presentation\.xml$/i, "a PowerPoint file"],
  [/^content\.xml$/i, "an OpenDocument file: save the table as .xlsx or CSV"],
];

/** Opens a zip file: each member is a part, unless the file is a workbook. */
export async function* openZip(packed: Packed, options: ContainerOptions): AsyncGenerator<Part, void> {
  const file = await held(packed, "a zip file");
  const members = await membersOf(file);
  if (members.some(({ name }) => /^\[Content_Types\]\.xml$/i.test(name)) && members.some(isWorkbook)) {
    return yield* (await import("./workbook.js")).openWorkbook(members, file, options);
  }
  for (const [member, what] of DOCUMENTS) {
    if (members.some(({ name }) => member.test(name))) throw new InputError("zip_unsupported", `this is ${what}`);
  }
  for (const member of members) {
    if (!isHidden(member.name)) yield { name: member.name, pieces: member.bytes() };
  }
}

function isWorkbook({ name }: Member): boolean {
  return /(^|\/)workbook\d*\.xml$/i.test(name);
}

/** Tells whether the system put a member there by itself. */
function isHidden(name: string): boolean {
  return name.split("/").some((part) => part.startsWith(".") || part === "__MACOSX");
}

async function membersOf(file: Held): Promise<Member[]> {
  try {
    // names need no check: no member is written to a disk
    const zip = new ZipReader(readerOf(file), { filenameValidation: "tolerant" });
    const members: Member[] = [];
    for await (const entry of zip.getEntriesGenerator()) {
      if (!entry.directory) members.push(memberOf(entry, file));
    }
    return members;
  } catch (error) {
    const why = error instanceof Error && /split/i.test(error.message) ? "a part of a zip file that was split" : "";
    if (why !== "" && file.failure === undefined) throw new InputError("zip_unsupported", `this is ${why}: join it`);
    throw damage(file, "zip_corrupt", "the zip file is damaged or cut off: its list of members cannot be read", error);
  }
}

function memberOf(entry: FileEntry, file: Held): Member {
  const { filename: name, uncompressedSize: size } = entry;
  return { name, size, bytes: () => bytesOf(entry, file) };
}

async function* bytesOf(entry: FileEntry, file: Held): AsyncGenerator<Uint8Array, void> {
  const { compressionMethod: method, encrypted, crc32 = 0, uncompressedSize: size } = entry;
  if (encrypted) {
    throw new InputError("zip_unsupported", "it is encrypted in the zip file: unpack it with its password first");
  }
  if (method !== STORED && method !== DEFLATED) {
    const what = METHODS[method] ?? `method ${method}`;
    throw new InputError(
      "zip_unsupported",
      `it is compressed in the zip file by ${what}, which is not read: unpack it first`,
    );
  }
  try {
    yield* inflated(rawOf(entry, file), { crc32, size, isStored: method === STORED });
  } catch (error) {
    throw damage(file, "zip_corrupt", "it is damaged in the zip file", error);
  }
}

/** Yields the bytes of a member as they stand in the file, behind a header that has its name again. */
async function* rawOf({ offset, compressedSize }: FileEntry, file: Held): AsyncGenerator<Uint8Array, void> {
  const header = await file.read(offset, offset + HEADER);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (view.getUint32(0, true) !== SIGNATURE) throw new Error("there is no member where the list says");
  let at = offset + HEADER + view.getUint16(26, true) + view.getUint16(28, true);
  for (const end = at + compressedSize; at < end; at += CHUNK) yield await file.read(at, Math.min(at + CHUNK, end));
}

/** Returns the file as the library reads it. Its own class for this is only exported with those that write. */
function readerOf(file: Held): ConstructorParameters<typeof ZipReader>[0] {
  const readUint8Array = (at: number, length: number) => file.read(at, Math.min(at + length, file.size));
  return { size: file.size, readUint8Array } as unknown as ConstructorParameters<typeof ZipReader>[0];
}
