import { crc32 } from "node:zlib";

/** First in the file, so that another file or another format is not taken for an empty journal. */
export const JOURNAL_MAGIC: Uint8Array = new TextEncoder().encode("DELPOOL1");

const HEADER_BYTES = 8;

/**
 * `length (u32 BE) | CRC-32 of the length's bytes and the data (u32 BE) | data`. With the length in the checksum,
 * the zeros that a file system may leave behind are no record.
 */
export function encodeRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEADER_BYTES + data.length);
  const view = new DataView(record.buffer);
  view.setUint32(0, data.length);
  record.set(data, HEADER_BYTES);
  view.setUint32(4, checksum(record.subarray(0, 4), data));
  return record;
}

export type JournalContent = {
  readonly records: readonly Uint8Array[];
  /** Where the last whole record ends; what follows was torn by a crash. */
  readonly validBytes: number;
};

/**
 * The records up to the first that is cut off or damaged. `undefined` for what is no journal, nor the beginning
 * of one that a crash cut off.
 */
export function decodeRecords(
  file: Uint8Array,
  magic: Uint8Array = JOURNAL_MAGIC,
): JournalContent | undefined {
  const records: Uint8Array[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const isJournal = magic.every((byte, i) => i >= file.length || file[i] === byte);
  if (!isJournal) return undefined;
  if (file.length < magic.length) return { records, validBytes: 0 };
  let offset = magic.length;
  while (offset + HEADER_BYTES <= file.length) {
    const length = view.getUint32(offset);
    const end = offset + HEADER_BYTES + length;
    if (end > file.length) break;
    const data = file.subarray(offset + HEADER_BYTES, end);
    if (checksum(file.subarray(offset, offset + 4), data) !== view.getUint32(offset + 4)) break;
    records.push(data);
    offset = end;
  }
  return { records, validBytes: offset };
}

function checksum(length: Uint8Array, data: Uint8Array): number {
  return crc32(data, crc32(length));
}
