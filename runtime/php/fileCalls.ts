import type { Interpreter } from "./interpreter.ts";
import { PHP_PRICES } from "./prices.ts";
import type { Surroundings } from "./surroundings.ts";
import { ERRNO, type SystemCall, table } from "./systemCall.ts";

/** Descriptors without state: what one call does to them, the next cannot see. */
const OUTPUT = 1;
const ERRORS = 2;
const RANDOM = 3;
/** PHP writes HTTP headers here, and nobody reads them. */
const HEADERS = 4;
/** Files that the surroundings have, while the interpreter boots. */
const FIRST_FILE = 16;

const PATHS: Readonly<Record<string, number>> = {
  "/request/stdout": OUTPUT,
  "/request/stderr": ERRORS,
  "/request/headers": HEADERS,
  "/dev/urandom": RANDOM,
};

const STAT_BYTES = 96;
const STAT_MODE_AT = 4;
const STAT_SIZE_AT = 24;
const REGULAR_FILE = 0o100444;
const DEVICE = 0o20644;
const FDSTAT_BYTES = 24;
const DEVICE_TYPE = 2;
const SEEK_CUR = 1;
const SEEK_END = 2;
const INVALID_SEEK = 70;
const NOT_A_FILE = 8;

type OpenFile = { readonly content: Uint8Array; position: number };

/** What was opened in some surroundings is open in no others, so that no call sees another's files. */
const openFiles = new WeakMap<Surroundings, OpenFile[]>();

function filesOf({ surroundings }: Interpreter): OpenFile[] {
  const known = openFiles.get(surroundings);
  if (known !== undefined) return known;
  const files: OpenFile[] = [];
  openFiles.set(surroundings, files);
  return files;
}

function fileOf({ surroundings }: Interpreter, descriptor: number): OpenFile | undefined {
  return openFiles.get(surroundings)?.[descriptor - FIRST_FILE];
}

function open(guest: Interpreter, _folder: number, pathAt: number): number {
  const path = guest.readText(pathAt);
  const known = PATHS[path];
  if (known !== undefined) return known;
  const content = guest.surroundings.file(path);
  if (content === undefined) return -ERRNO.none;
  return FIRST_FILE - 1 + filesOf(guest).push({ content, position: 0 });
}

function stat(guest: Interpreter, pathAt: number, target: number): number {
  const content = guest.surroundings.file(guest.readText(pathAt));
  if (content === undefined) return -ERRNO.none;
  writeStat(guest, target, content.length);
  return 0;
}

function writeStat(guest: Interpreter, target: number, size: number | undefined): void {
  guest.write(target, new Uint8Array(STAT_BYTES));
  guest.writeU32(target + STAT_MODE_AT, size === undefined ? DEVICE : REGULAR_FILE);
  guest.writeU64(target + STAT_SIZE_AT, BigInt(size ?? 0));
}

function read(
  guest: Interpreter,
  descriptor: number,
  vectors: number,
  count: number,
  readAt: number,
): number {
  const file = fileOf(guest, descriptor);
  let total = 0;
  for (let i = 0; i < count; i++) {
    guest.charge(PHP_PRICES.import);
    const length = guest.readU32(vectors + 8 * i + 4);
    const part =
      descriptor === RANDOM
        ? guest.random(length)
        : (file?.content.subarray(file.position, file.position + length) ?? new Uint8Array(0));
    guest.write(guest.readU32(vectors + 8 * i), part);
    if (file !== undefined) file.position += part.length;
    total += part.length;
    if (part.length < length) break;
  }
  guest.writeU32(readAt, total);
  return 0;
}

function write(
  guest: Interpreter,
  descriptor: number,
  vectors: number,
  count: number,
  writtenAt: number,
): number {
  let total = 0;
  for (let i = 0; i < count; i++) {
    guest.charge(PHP_PRICES.message);
    const length = guest.readU32(vectors + 8 * i + 4);
    if (descriptor === OUTPUT || descriptor === ERRORS) {
      guest.surroundings.print(guest.read(guest.readU32(vectors + 8 * i), length));
    }
    total += length;
  }
  guest.writeU32(writtenAt, total);
  return 0;
}

function seek(
  guest: Interpreter,
  descriptor: number,
  offset: bigint,
  from: number,
  target: number,
): number {
  const file = fileOf(guest, descriptor);
  if (file === undefined) return INVALID_SEEK;
  const base = from === SEEK_CUR ? file.position : from === SEEK_END ? file.content.length : 0;
  file.position = base + Number(offset);
  guest.writeU64(target, BigInt(file.position));
  return 0;
}

const REFUSED: SystemCall = () => -ERRNO.access;
const NOTHING: SystemCall = () => 0;

/**
 * Files: none but those of the surroundings, read only, and the few descriptors that PHP needs. Everything that would
 * leave a trace outside of the interpreter's memory is refused.
 */
export const FILE_CALLS: Readonly<Record<string, SystemCall>> = {
  __syscall_openat: open,
  __syscall_stat64: stat,
  __syscall_lstat64: stat,
  __syscall_newfstatat: (guest, _folder: number, path: number, target: number) =>
    stat(guest, path, target),
  __syscall_fstat64: (guest, descriptor: number, target: number) => {
    writeStat(guest, target, fileOf(guest, descriptor)?.content.length);
    return 0;
  },
  __syscall_getcwd: (guest, target: number) => {
    guest.write(target, Uint8Array.of(0x2f, 0));
    return 2;
  },
  // A copy of a descriptor is the descriptor.
  __syscall_dup: (_guest, descriptor: number) => descriptor,
  __syscall_dup3: (_guest, _from: number, to: number) => to,
  __syscall_fcntl64: NOTHING,
  __syscall_ioctl: () => -ERRNO.notTerminal,
  getdtablesize: () => FIRST_FILE,
  fd_read: read,
  js_fd_read: read,
  fd_write: write,
  fd_seek: seek,
  fd_close: NOTHING,
  fd_sync: NOTHING,
  fd_pread: () => NOT_A_FILE,
  fd_pwrite: () => NOT_A_FILE,
  fd_fdstat_get: (guest, _descriptor: number, target: number) => {
    const state = new Uint8Array(FDSTAT_BYTES);
    state[0] = DEVICE_TYPE;
    guest.write(target, state);
    return 0;
  },
  ...table(
    [
      "__syscall_unlinkat",
      "__syscall_rmdir",
      "__syscall_fchownat",
      "__syscall_chmod",
      "__syscall_utimensat",
      "__syscall_symlinkat",
      "__syscall_statfs64",
      "__syscall_renameat",
      "__syscall_readlinkat",
      "__syscall_mkdirat",
      "__syscall_getdents64",
      "__syscall_ftruncate64",
      "__syscall_fdatasync",
      "__syscall_fchown32",
      "__syscall_fchmod",
      "__syscall_fallocate",
      "__syscall_faccessat",
      "__syscall_chdir",
      "_mmap_js",
      "_munmap_js",
    ],
    REFUSED,
  ),
};
