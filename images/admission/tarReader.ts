import { MAX_IMAGE_BYTES } from "../writer/entries.ts";
import type { ByteReader } from "./byteReader.ts";
import { MAX_EXTENSION_BYTES } from "./limits.ts";
import { refuse, shown } from "./refusal.ts";

/** What a tar may hold; its path is as it stands there. */
export type TarEntry = {
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink" | "hardLink";
  readonly mode: number;
  readonly size: number;
  /** Where a link leads; else empty. */
  readonly target: string;
  /** Where the content begins, in bytes from the tar's start. */
  readonly offset: number;
  /** The content; what nobody reads is skipped. */
  readonly data: AsyncIterable<Uint8Array>;
};

const BLOCK = 512;
const ZEROS = Buffer.alloc(64 * 1024);
const SUM_AT = 148;
const SUM_BYTES = 8;
/** Of pax records: for times and owners, which no host keeps, and for what a header has no room for. */
const PAX_KEYS = /^(path|linkpath|size|uid|gid|uname|gname|mtime|atime|ctime|comment)$/;
/** Attributes of a user's own say nothing to the kernel; others give rights or change a layer's meaning. */
const PAX_ATTRIBUTES = /^SCHILY\.xattr\.user\./;

/** What extensions say of the entry that follows them. */
type Extended = { path?: string; target?: string; size?: number };

/**
 * Reads a tar, and only what every reader of tars reads alike: ustar headers with a right sum, pax records and GNU's
 * long names; no base-256 numbers, no sparse files, nothing after the end. Two readers that differ are how a check is
 * passed by one file and another is unpacked. Throws `InvalidInput`.
 */
export async function* readTar(reader: ByteReader): AsyncGenerator<TarEntry> {
  try {
    yield* readEntries(reader);
    await readEnd(reader);
  } finally {
    await reader.close();
  }
}

async function* readEntries(reader: ByteReader): AsyncGenerator<TarEntry> {
  let extended: Extended = {};
  let extensions = "";
  for (;;) {
    const header = Buffer.from(await reader.exactly(BLOCK));
    if (header.length < BLOCK)
      refuse("header", `a tar ends at byte ${reader.position} before its end mark; it is cut`);
    if (ZEROS.compare(header, 0, BLOCK, 0, BLOCK) === 0) break;
    checkHeader(header, reader.position - BLOCK);
    const type = String.fromCharCode(header[156] as number);
    if ("xLK".includes(type)) {
      checkExtensions(extensions, type);
      extensions += type;
      extended = { ...extended, ...(await readExtension(reader, header, type)) };
      continue;
    }
    const size = extended.size ?? number(header, 124, 12, "size");
    if (size > MAX_IMAGE_BYTES) {
      refuse(
        "bytes",
        `a file has ${size} bytes; all files together have at most ${MAX_IMAGE_BYTES}`,
      );
    }
    const end = reader.position + padded(size);
    yield entryOf(header, type, extended, size, reader);
    if (reader.position < end) await skip(reader, end - reader.position);
    extended = {};
    extensions = "";
  }
  if (extensions !== "") refuse("extension", "a tar ends with a long name of no entry");
}

/** Of two of a kind some readers take both and some the last; of pax and GNU's, Go takes GNU's wherever it stands. */
function checkExtensions(before: string, type: string): void {
  if (before === "" || (!before.includes(type) && !`${before}${type}`.includes("x"))) return;
  refuse(
    "extension",
    "a file has two extended headers, which engines read differently; write the tar anew (docker save, tar --format=pax)",
  );
}

function entryOf(
  header: Buffer,
  type: string,
  extended: Extended,
  size: number,
  reader: ByteReader,
): TarEntry {
  const prefix = isGnu(header) ? "" : text(header, 345, 155);
  const name = text(header, 0, 100);
  const path = extended.path ?? (prefix === "" ? name : `${prefix}/${name}`);
  const kind = kindOf(type, path);
  if (kind !== "file" && size !== 0) refuse("header", `${shown(path)} is a ${kind} with content`);
  if (kind === "file" && path.endsWith("/"))
    refuse("header", `${shown(path)} is a file with the name of a folder`);
  return {
    path,
    kind,
    mode: number(header, 100, 8, "mode"),
    size,
    target: extended.target ?? text(header, 157, 100),
    offset: reader.position,
    data: contentOf(reader, size),
  };
}

function kindOf(type: string, path: string): TarEntry["kind"] {
  if (type === "0" || type === "\0") return "file";
  if (type === "1") return "hardLink";
  if (type === "2") return "symlink";
  if (type === "5") return "directory";
  if (type === "3" || type === "4" || type === "6") {
    refuse(
      "device",
      `${shown(path)} is a device or a pipe; an image has files, folders and links: remove it`,
    );
  }
  if (type === "S") refuse("extension", `${shown(path)} is a sparse file; write it with its zeros`);
  return refuse(
    "extension",
    `${shown(path)} has the tar type ${shown(type)}; an image has files, folders and links`,
  );
}

async function* contentOf(reader: ByteReader, size: number): AsyncGenerator<Uint8Array> {
  for (let left = size; left > 0; ) {
    const piece = await reader.some(left);
    if (piece.length === 0)
      refuse("header", `a tar ends ${left} bytes before a file does; it is cut`);
    left -= piece.length;
    yield piece;
  }
}

async function skip(reader: ByteReader, count: number): Promise<void> {
  for (let left = count; left > 0; ) {
    const piece = await reader.some(left);
    if (piece.length === 0)
      refuse("header", `a tar ends ${left} bytes before a file does; it is cut`);
    left -= piece.length;
  }
}

/** After the first empty block only empty ones: what stands there some readers see and others do not. */
async function readEnd(reader: ByteReader): Promise<void> {
  let zeros = 0;
  for (;;) {
    const piece = await reader.some(ZEROS.length);
    if (piece.length === 0) break;
    if (ZEROS.compare(piece, 0, piece.length, 0, piece.length) !== 0) {
      refuse(
        "trailing",
        `bytes stand after the end of a tar, before byte ${reader.position}; write it anew`,
      );
    }
    zeros += piece.length;
  }
  if (zeros < BLOCK)
    refuse("header", "a tar has one empty block at its end, and two belong there; it is cut");
}

async function readExtension(reader: ByteReader, header: Buffer, type: string): Promise<Extended> {
  const size = number(header, 124, 12, "size");
  if (size > MAX_EXTENSION_BYTES) {
    refuse(
      "extension",
      `a tar's extended header has ${size} bytes; the limit is ${MAX_EXTENSION_BYTES}`,
    );
  }
  const bytes = Buffer.from(await reader.exactly(padded(size))).subarray(0, size);
  if (type === "x") return paxRecords(bytes);
  const name = nameOf(utf8(bytes).replace(/\0$/, ""));
  return type === "L" ? { path: name } : { target: name };
}

/** `length key=value\n`, the length counting itself (POSIX.1-2001, pax). */
function paxRecords(bytes: Buffer): Extended {
  const found: Extended = {};
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = /^[1-9]\d{0,5}$/.exec(bytes.toString("latin1", at, Math.max(space, at)))?.[0];
    const end = at + Number(length ?? Number.NaN);
    if (!(end <= bytes.length) || bytes[end - 1] !== 0x0a)
      refuse("extension", "a pax record has a wrong length");
    const record = utf8(bytes.subarray(space + 1, end - 1));
    const equals = record.indexOf("=");
    if (equals < 0) refuse("extension", `the pax record ${shown(record)} has no "="`);
    const [key, value] = [record.slice(0, equals), record.slice(equals + 1)];
    if (!PAX_KEYS.test(key) && !PAX_ATTRIBUTES.test(key)) {
      refuse(
        "extension",
        `a file has the pax record ${shown(key)}, which gives rights or is read differently by engines; take it away (setcap -r, or copy the file without attributes)`,
      );
    }
    if (key === "path") found.path = nameOf(value);
    if (key === "linkpath") found.target = nameOf(value);
    if (key === "size") found.size = decimal(value);
    at = end;
  }
  return found;
}

/** For an empty one some readers take the header's. */
function nameOf(value: string): string {
  return value === "" ? refuse("extension", "an extended header has an empty name") : value;
}

function decimal(value: string): number {
  if (!/^(0|[1-9]\d{0,14})$/.test(value))
    refuse("extension", `a pax record has the size ${shown(value)}`);
  return Number(value);
}

function checkHeader(header: Buffer, at: number): void {
  if (!isGnu(header) && header.toString("latin1", 257, 265) !== "ustar\x0000") {
    refuse(
      "header",
      `at byte ${at} stands no ustar header; write the tar anew, and unpacked (docker save, tar --format=ustar)`,
    );
  }
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) {
    sum += i >= SUM_AT && i < SUM_AT + SUM_BYTES ? 0x20 : (header[i] as number);
  }
  const told = number(header, SUM_AT, SUM_BYTES, "sum");
  if (told !== sum)
    refuse("header", `the header at byte ${at} sums up to ${sum} and says ${told}; it is damaged`);
}

function isGnu(header: Buffer): boolean {
  return header.toString("latin1", 257, 265) === "ustar  \0";
}

/** Octal digits up to a space or NUL. Larger numbers in base 256 pass every limit anyway. */
function number(header: Buffer, at: number, size: number, field: string): number {
  const digits = /^ *([0-7]*)[ \0]*$/.exec(header.toString("latin1", at, at + size))?.[1];
  if (digits === undefined) refuse("header", `a tar header's ${field} is no octal number`);
  return Number.parseInt(digits || "0", 8);
}

function text(header: Buffer, at: number, size: number): string {
  const field = header.subarray(at, at + size);
  const end = field.indexOf(0);
  return utf8(end < 0 ? field : field.subarray(0, end));
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse("path", "a tar has a name that is not UTF-8; rename the file");
  }
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}
