import { readFileSync } from "node:fs";
import { CODE_KINDS, encodeEnvelope, fromHex, toHex } from "@delchain/runtime";
import type { Abi, Hex } from "viem";
import { ARTEFACTS, type ManifestEntry, readManifest } from "./manifest.ts";

/** A contract of the tour, ready to deploy. */
export type Artefact = {
  readonly name: string;
  readonly contract: ManifestEntry["contract"];
  readonly language: ManifestEntry["language"];
  readonly tier: ManifestEntry["tier"];
  /** Path of the contract's source in the repository. */
  readonly source: string;
  /** Size of what is deployed, without constructor arguments. */
  readonly bytes: number;
  readonly abi: Abi;
  /**
   * The `data` of one ordinary creation transaction: EVM init code, or the envelope around a WebAssembly module. The
   * constructor's arguments, ABI-encoded, come last as always.
   */
  initCode(constructorInput?: Hex): Hex;
};

/** Every contract that is built into the tour, by name. Throws when an artefact is missing. */
export function loadArtefacts(): ReadonlyMap<string, Artefact> {
  return new Map(readManifest().map((entry) => [entry.name, loadArtefact(entry)]));
}

function loadArtefact(entry: ManifestEntry): Artefact {
  const { name, contract, language, tier, source, abi } = entry;
  const code = deployable(entry);
  return {
    name,
    contract,
    language,
    tier,
    source,
    bytes: code.length,
    abi,
    initCode: (constructorInput: Hex = "0x"): Hex =>
      `${toHex(code)}${constructorInput.slice(2)}` as Hex,
  };
}

function deployable({ tier, artefact }: ManifestEntry): Uint8Array {
  const file = readFileSync(new URL(artefact, ARTEFACTS));
  if (tier === "wasm") return encodeEnvelope(CODE_KINDS.wasm, file);
  const { bytecode } = JSON.parse(file.toString("utf8")) as { readonly bytecode: string };
  return fromHex(bytecode as `0x${string}`);
}
