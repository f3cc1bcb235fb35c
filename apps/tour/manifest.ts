import { readFileSync } from "node:fs";
import type { Abi } from "viem";

/** Where the built contracts lie, and the list of them. */
export const ARTEFACTS: URL = new URL("artefacts/", import.meta.url);
export const MANIFEST: URL = new URL("artefacts.json", ARTEFACTS);

/** Paths in the manifest begin here: the repository. */
export const REPOSITORY: URL = new URL("../../", import.meta.url);

/** A file that an artefact was built from. */
export type SourceFile = { readonly path: string; readonly sha256: string };

/** What is known of a built contract; committed beside it, so that anybody can build it again and compare. */
export type ManifestEntry = {
  readonly name: string;
  readonly contract: "token" | "relay" | "forwarder";
  readonly language: "Solidity" | "C" | "AssemblyScript" | "Rust" | "Java";
  readonly tier: "evm" | "wasm";
  /** The contract's own source; `sources` has all that went in. */
  readonly source: string;
  readonly sources: readonly SourceFile[];
  readonly artefact: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly toolchain: string;
  readonly flags: readonly string[];
  /** One that does the same without our build script. */
  readonly command: string;
  readonly abi: Abi;
};

/** Throws when the manifest is not there: `npm run build:contracts` writes it. */
export function readManifest(): readonly ManifestEntry[] {
  return JSON.parse(readFileSync(MANIFEST, "utf8")) as ManifestEntry[];
}
