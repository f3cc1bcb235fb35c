import type { Decoder, Instruction } from "iced-x86";
import type { ImageFiles } from "../admission/imageFiles.ts";
import { MAX_IMAGE_BYTES } from "../writer/entries.ts";
import { type CodeSection, type ElfCode, isElfCode, readElfCode } from "./elfCode.ts";

/** An instruction that answers differently on another processor or at another time, and that no kernel can refuse. */
export type FoundInstruction = {
  /** Path in the image. */
  readonly file: string;
  readonly instruction: InstructionName;
  /** Address in the program, in hex. */
  readonly address: string;
  readonly section: string;
  /** The function that it is in, when the file says so. */
  readonly symbol: string | undefined;
  /** It lies in a function that the file describes; else it may be a table that only looks like code. */
  readonly isCertain: boolean;
  /** Part of how libc and its loader start, on every program's way: they choose functions by it, which the host fixes. */
  readonly isStartup: boolean;
};

export type InstructionName = (typeof NAMES)[number];

export type InstructionReport = {
  readonly found: readonly FoundInstruction[];
  /** Programs that could not be read, and why. */
  readonly unread: readonly { readonly file: string; readonly why: string }[];
  /** Programs that were looked through. */
  readonly programs: number;
};

/** What is looked for (Intel's and AMD's manuals): random numbers, clocks, the processor's kind and number. */
const NAMES = [
  "rdrand",
  "rdseed",
  "rdtsc",
  "rdtscp",
  "rdpid",
  "rdpmc",
  "rdpru",
  "cpuid",
  "xgetbv",
] as const;

/** More of one image says nothing new. */
export const MAX_FOUND = 10_000;
/**
 * How far before a match decoding begins when no function is known to: x86 code falls into step within some
 * instructions.
 */
const STEP_BYTES = 256;
/** Longer functions are taken up in the middle. */
const FUNCTION_BYTES_MAX: number = 64 * 1024;
const ELF_HEADER_BYTES = 64;

/** libc, its loader and the compiler's library, and in static programs their functions. */
const STARTUP_FILE =
  /(^|\/)(ld-linux-x86-64\.so\.2|ld-musl-x86_64\.so\.1|libc\.so\.6|libgcc_s\.so\.1)$/;
const STARTUP_SYMBOL =
  /^(_dl_|__libc_|__cpu_|cpu_features|init_cpu_features|update_active|get_common_cache|init_cacheinfo|intel_check_word|handle_(intel|amd|zhaoxin)|dl_init_|__x86_)/;
/** What a program asks once as it starts; a random number is none of it. */
const STARTUP_INSTRUCTIONS: readonly string[] = ["cpuid", "xgetbv", "rdtsc"];

/**
 * Looks through the programs and libraries of an image for instructions that no kit can close. Bytes that look like
 * one are decoded from where their function begins, so that a constant or the end of another instruction is none.
 * Code that a program writes or unpacks itself is not seen: this is a report, no proof.
 */
export async function scanInstructions(files: ImageFiles): Promise<InstructionReport> {
  const found: FoundInstruction[] = [];
  const unread: { file: string; why: string }[] = [];
  let programs = 0;
  for (const [path, { kind, size }] of files.nodes) {
    if (kind !== "file" || size < ELF_HEADER_BYTES) continue;
    const head = await files.read(path, MAX_IMAGE_BYTES, ELF_HEADER_BYTES);
    if (head === undefined || !isElfCode(head)) continue;
    programs++;
    const bytes = await files.read(path, MAX_IMAGE_BYTES);
    try {
      if (bytes) found.push(...(await scanProgram(path, bytes)));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      unread.push({ file: path, why: error.message });
    }
    if (found.length > MAX_FOUND) break;
  }
  return { found: found.slice(0, MAX_FOUND), unread, programs };
}

/** Looks through one ELF file. Throws `RangeError` for one that points outside of itself. */
export async function scanProgram(
  file: string,
  bytes: Buffer,
): Promise<readonly FoundInstruction[]> {
  const code = readElfCode(bytes);
  const scanner = await openScanner();
  return code.sections.flatMap((section) => scanSection(scanner, file, code, section));
}

type Scanner = {
  readonly decoderOf: (bytes: Uint8Array) => Decoder;
  readonly instruction: Instruction;
  /** The name of one that is looked for, by the decoder's number. */
  readonly names: ReadonlyMap<number, InstructionName>;
};

let opened: Promise<Scanner> | undefined;

/** The decoder has 2 MB, which only a scan needs. */
function openScanner(): Promise<Scanner> {
  opened ??= import("iced-x86").then(
    ({ Decoder: X86, DecoderOptions, Instruction: One, Mnemonic }) => {
      const numbers = Mnemonic as unknown as Readonly<Record<string, number>>;
      const names = NAMES.map((name) => {
        const number = numbers[`${name[0]?.toUpperCase()}${name.slice(1)}`];
        return [number as number, name] as const;
      });
      return {
        decoderOf: (bytes) => new X86(64, bytes, DecoderOptions.None),
        instruction: new One(),
        names: new Map(names),
      };
    },
  );
  return opened;
}

function scanSection(
  scanner: Scanner,
  file: string,
  { starts, ends, symbols }: ElfCode,
  { name, address, bytes }: CodeSection,
): readonly FoundInstruction[] {
  const found: FoundInstruction[] = [];
  const decoder = scanner.decoderOf(bytes);
  try {
    for (const at of candidates(bytes)) {
      const start = lastAtMost(starts, address + at);
      const from = beginning(at, start === undefined ? undefined : start - address);
      const hit = instructionAt(scanner, decoder, from, at);
      if (hit === undefined) continue;
      const isCertain = start !== undefined && address + at < (ends.get(start) ?? 0);
      const symbol = isCertain ? symbols.get(start) : undefined;
      const isLibc = STARTUP_FILE.test(file) || STARTUP_SYMBOL.test(symbol ?? "");
      found.push({
        file,
        instruction: hit.name,
        address: `0x${(address + hit.at).toString(16)}`,
        section: name,
        symbol: symbol === "" ? undefined : symbol,
        isCertain,
        isStartup: isLibc && STARTUP_INSTRUCTIONS.includes(hit.name),
      });
      if (found.length > MAX_FOUND) break;
    }
  } finally {
    decoder.free();
  }
  return found;
}

/** Where bytes stand that could be one of the instructions: all of them have the opcode's first byte 0F. */
function* candidates(bytes: Buffer): Generator<number> {
  for (let at = bytes.indexOf(0x0f); at >= 0; at = bytes.indexOf(0x0f, at + 1)) {
    const [second, third = 0] = [bytes[at + 1], bytes[at + 2]];
    const isOne =
      second === 0x31 ||
      second === 0x33 ||
      second === 0xa2 ||
      (second === 0x01 && (third === 0xf9 || third === 0xd0 || third === 0xfd)) ||
      // A register as operand, and 6 or 7 in the opcode's place of it.
      (second === 0xc7 && third >= 0xf0);
    if (isOne) yield at;
  }
}

function beginning(at: number, start: number | undefined): number {
  if (start !== undefined && start >= 0 && at - start <= FUNCTION_BYTES_MAX) return start;
  return Math.max(0, at - STEP_BYTES);
}

/**
 * The instruction that has this byte in it, if it is one of those. The decoder never goes back: each byte is read
 * once.
 */
function instructionAt(
  { instruction, names }: Scanner,
  decoder: Decoder,
  from: number,
  at: number,
): { readonly at: number; readonly name: InstructionName } | undefined {
  if (decoder.position < from) decoder.position = from;
  while (decoder.canDecode && decoder.position <= at) {
    const place = decoder.position;
    decoder.decodeOut(instruction);
    if (decoder.position <= at) continue;
    const name = names.get(instruction.mnemonic);
    return name === undefined ? undefined : { at: place, name };
  }
  return undefined;
}

function lastAtMost(sorted: readonly number[], limit: number): number | undefined {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return sorted[low - 1];
}
