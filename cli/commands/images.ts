import { createWriteStream, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import {
  DEFAULT_STORE,
  type FoundInstruction,
  findDigest,
  HASTY_MS,
  type ImportedImage,
  type InstructionReport,
  imageSbom,
  importImage,
  importStream,
  listImages,
  openImageFiles,
  openImageStore,
  parseSignatures,
  type RemoveFromEngine,
  removeImage,
  saveSignatures,
  scanInstructions,
  signImage,
  sweepImages,
  toDigest,
} from "@delchain/images";
import { InvalidInput, removeEngineImages, Unavailable } from "@delchain/runtime";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { color, noteColor, type Output, table, terminalWidth } from "../output.ts";

type StoreOptions = { readonly store?: string };
export type ListOptions = StoreOptions & { readonly json: boolean };
export type RemoveOptions = ListOptions & { readonly force: boolean };
export type PruneOptions = ListOptions & { readonly all: boolean };
export type ExportOptions = StoreOptions;
export type ImportOptions = ListOptions & {
  readonly digest?: string;
  readonly signatures?: string;
};
export type ScanOptions = ListOptions & { readonly all: boolean };
export type SignOptions = StoreOptions & { readonly key?: string; readonly signatures?: string };

/** As many as tell images apart in a list. */
const DIGITS_SHOWN = 12;

export async function list(
  { store = DEFAULT_STORE, json }: ListOptions,
  output: Output,
): Promise<void> {
  const images = await listImages(store);
  if (json) return output.json({ store, images });
  const rows = images.map(({ digest, bytes, sharedBytes, lastUsed, holders }) => [
    shortDigest(digest),
    size(bytes),
    size(sharedBytes),
    lastUsed.toISOString().slice(0, 16).replace("T", " "),
    holders.length === 0 ? "nothing" : holders.join("; "),
  ]);
  output.line(table(["image", "size", "shared", "last used", "needed by"], rows, terminalWidth()));
  output.note(color.dim(`They lie in ${store}. delchain images prune deletes what nothing needs.`));
}

export async function remove(
  names: readonly string[],
  { store = DEFAULT_STORE, force, json }: RemoveOptions,
  output: Output,
): Promise<void> {
  const removed: string[] = [];
  let bytes = 0;
  for (const name of names) {
    const swept = await told(async () =>
      removeImage(store, await findDigest(store, name), force, engineOf(output)),
    );
    removed.push(...swept.images);
    bytes += swept.bytes;
  }
  report(removed, bytes, json, output);
}

export async function prune(
  { store = DEFAULT_STORE, all, json }: PruneOptions,
  output: Output,
): Promise<void> {
  const removeFromEngine = engineOf(output);
  const thorough = { recentMs: HASTY_MS, withImported: true };
  const swept = await sweepImages(store, { ...(all ? thorough : {}), removeFromEngine });
  report(swept.images, swept.bytes, json, output);
}

/** Takes an image in. Exits with 1 and the reason for one that no host takes. */
export async function importArchive(
  file: string,
  { store = DEFAULT_STORE, digest, signatures, json }: ImportOptions,
  output: Output,
): Promise<void> {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw new CommandError(
      `${file} is a folder: it takes an archive, as docker save IMAGE -o image.tar writes it`,
      EXIT.usage,
    );
  }
  const imported = await told(async () => {
    const expected = digest === undefined ? undefined : toDigest(digest);
    const image: ImportedImage =
      file === "-"
        ? await importStream(store, process.stdin, expected)
        : await importImage(store, file, expected);
    if (signatures !== undefined) {
      await saveSignatures(store, image.digest, parseSignatures(await readText(signatures)));
    }
    return image;
  });
  if (json) return output.json(imported);
  output.line(imported.digest);
  const { platform, bytes, layers } = imported;
  output.note(`${platform}, ${layers} layers, ${size(bytes)}. A manifest names it by this digest.`);
  const { digest: taken } = imported;
  const summary = scanSummary(await told(() => scanned(store, taken)));
  output.note(`Looked through, ${summary} (delchain images scan ${shortDigest(taken)}).`);
}

export async function exportArchive(
  meant: string,
  file: string,
  { store = DEFAULT_STORE }: ExportOptions,
  output: Output,
): Promise<void> {
  const digest = await told(() => findDigest(store, meant));
  const archive = await openImageStore(store).archive(digest);
  const to = file === "-" ? process.stdout : createWriteStream(file);
  await told(() => pipeline(archive, to, { end: file !== "-" }));
  output.note(`${digest} written to ${file === "-" ? "standard output" : file}`);
}

export async function sbom(
  meant: string,
  { store = DEFAULT_STORE }: ExportOptions,
  output: Output,
): Promise<void> {
  await told(async () => {
    const digest = await findDigest(store, meant);
    output.json(await imageSbom(digest, await openImageFiles(store, digest)));
  });
}

/** Lists instructions that no kit closes: a report, by which nothing is refused. */
export async function scan(
  meant: string,
  { store = DEFAULT_STORE, all, json }: ScanOptions,
  output: Output,
): Promise<void> {
  const report = await told(async () => scanned(store, await findDigest(store, meant)));
  if (json) return output.json(report);
  const shown = report.found.filter((one) => all || isTelling(one));
  const rows = shown.map(({ instruction, file, address, symbol, isCertain }) => [
    instruction,
    file,
    address,
    isCertain ? (symbol ?? "") : "may be a table, no code",
  ]);
  if (rows.length > 0) {
    output.line(table(["instruction", "file", "address", "function"], rows, terminalWidth()));
  }
  for (const { file, why } of report.unread) output.note(`${file} was not read: ${why}`);
  output.note(`In ${report.programs} programs and libraries ${scanSummary(report)}.`);
}

async function scanned(store: string, digest: string): Promise<InstructionReport> {
  return scanInstructions(await openImageFiles(store, digest));
}

function isTelling({ isStartup, isCertain }: FoundInstruction): boolean {
  return isCertain && !isStartup;
}

function scanSummary({ found }: InstructionReport): string {
  const names = [...new Set(found.filter(isTelling).map(({ instruction }) => instruction))].sort();
  if (names.length === 0) return "it has no instruction that answers differently elsewhere";
  return `it has ${names.join(", ")}: what a contract learns by them differs between hosts`;
}

/** Makes a signature, or keeps those of a file; prints what can be brought to other machines. */
export async function sign(
  meant: string,
  { store = DEFAULT_STORE, key, signatures }: SignOptions,
  output: Output,
): Promise<void> {
  if (key === undefined && signatures === undefined) {
    throw new CommandError(
      "what signs it is not told: --key FILE, or --signatures FILE",
      EXIT.usage,
    );
  }
  await told(async () => {
    const digest = await findDigest(store, meant);
    const added =
      key === undefined
        ? parseSignatures(await readText(signatures ?? ""))
        : [signImage(digest, await readText(key))];
    await saveSignatures(store, digest, added);
    for (const signature of added) output.json(signature);
    output.note(`${added.length} kept for ${digest}; other hosts take them by --signatures FILE`);
  });
}

function report(images: readonly string[], bytes: number, json: boolean, output: Output): void {
  if (json) {
    output.json({ removed: images, bytes });
    return;
  }
  for (const digest of images) output.line(`deleted ${digest}`);
  output.line(`${images.length} images deleted, ${size(bytes)} of layers reclaimed`);
}

/** An engine that is away keeps its copies until the next time. */
function engineOf(output: Output): RemoveFromEngine {
  return async (digests) => {
    try {
      return await removeEngineImages(digests);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      output.note(noteColor.yellow(`copies in the Docker engine stay for now: ${error.message}`));
      return [];
    }
  };
}

/** What is wrong with what was given, said to people; the rest passes. */
async function told<Answer>(run: () => Promise<Answer>): Promise<Answer> {
  try {
    return await run();
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException;
    if (error instanceof InvalidInput) throw new CommandError(error.message, EXIT.failed);
    if (syscall === undefined) throw error;
    throw new CommandError(message, code === "ENOENT" ? EXIT.usage : EXIT.unavailable);
  }
}

function readText(file: string): Promise<string> {
  return readFile(file, "utf8");
}

function shortDigest(digest: string): string {
  return digest.slice("sha256:".length, "sha256:".length + DIGITS_SHOWN);
}

/** Decimal units, as docker shows them. */
function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"];
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}
