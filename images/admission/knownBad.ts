import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Unavailable } from "@delchain/runtime";
import type { ImageFiles } from "./imageFiles.ts";
import { MAX_KNOWN_BAD_BYTES } from "./limits.ts";
import { findPackages } from "./packages.ts";
import { refuse } from "./refusal.ts";

/** What this machine runs no image with, by digest of an image or a layer, or by package URL, and why. */
export type KnownBad = ReadonlyMap<string, string>;

/** Where an operator writes it, in the store: README.md, "What is known to be bad". */
export const KNOWN_BAD_FILE = "known-bad.txt";

/** `sha256:` and 64 hex digits, or a package URL with a version or without; then why. */
const LINE = /^(sha256:[0-9a-f]{64}|pkg:[a-z]+\/[^\s?#]+)(?:\s+(.*))?$/;

/**
 * What a store's operator has written down; empty without a file. Throws `Unavailable` that names the line for a file that
 * cannot be read: an image must not pass because of a typing error.
 */
export async function loadKnownBad(store: string): Promise<KnownBad> {
  const path = join(store, KNOWN_BAD_FILE);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new Unavailable("images", `${path} cannot be read: ${error.message}`, { cause: error });
  });
  if (bytes === undefined) return new Map();
  if (bytes.length > MAX_KNOWN_BAD_BYTES) {
    throw new Unavailable(
      "images",
      `${path} has ${bytes.length} bytes; the limit is ${MAX_KNOWN_BAD_BYTES}: leave old lines out`,
    );
  }
  const lines = bytes.toString().split("\n");
  return new Map(lines.flatMap((line, at) => parseLine(line.trim(), `${path}:${at + 1}`)));
}

/**
 * Throws `InvalidInput` for an image that the operator's list has: itself, one of its layers, or a package in it.
 *
 * @param files asked only when the list has packages.
 */
export async function refuseKnownBad(
  store: string,
  digest: string,
  files: () => Promise<ImageFiles>,
  hashes: readonly string[],
  list?: KnownBad,
): Promise<void> {
  const known = list ?? (await loadKnownBad(store));
  for (const hash of [digest, ...hashes.map((layer) => `sha256:${layer}`)]) {
    if (known.has(hash)) refuseFor(hash, hash, known, store);
  }
  if (![...known.keys()].some((key) => key.startsWith("pkg:"))) return;
  for (const { purl } of await findPackages(await files())) {
    const exact = purl.split("?")[0] ?? "";
    // Every version of it, when the line names none.
    const any = exact.replace(/@[^@/]*$/, "");
    for (const key of [exact, any]) if (known.has(key)) refuseFor(key, exact, known, store);
  }
}

function refuseFor(key: string, found: string, known: KnownBad, store: string): never {
  const reason = known.get(key) ?? "";
  const why = reason === "" ? "" : ` (${reason})`;
  return refuse(
    "knownBad",
    `it has ${found}, which ${join(store, KNOWN_BAD_FILE)} lists${why}; build it with another version, or take the line out`,
  );
}

function parseLine(line: string, place: string): readonly (readonly [string, string])[] {
  if (line === "" || line.startsWith("#")) return [];
  const [, key, reason = ""] = LINE.exec(line) ?? [];
  if (key !== undefined) return [[key, reason]];
  throw new Unavailable(
    "images",
    `${place}: "${line.slice(0, 80)}" is neither sha256: with 64 hex digits nor a package URL (pkg:deb/debian/openssl@3.0.11)`,
  );
}
