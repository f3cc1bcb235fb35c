import { assert, fromHex, type Hex, keccak256, toHex } from "@delchain/runtime";
import type { BuildOutput } from "./buildOutput.ts";

/** By the name of a library's output: the first bytes of 20 in the code that its address takes. */
export type LibraryPlaces = Readonly<Record<string, readonly number[]>>;

/** By name. */
export type LibraryAddresses = Readonly<Record<string, Hex>>;

const ADDRESS_BYTES = 20;
/**
 * How the code of a library begins: PUSH20 of its own address, which its creation fills in, ADDRESS, EQ (Solidity
 * documentation, "Call Protection").
 */
const LIBRARY_START = `73${"00".repeat(ADDRESS_BYTES)}3014`;
const OWN_ADDRESS = 1;

/** An output with the addresses of all its libraries in its code, and that code's hash. */
export function linkOutput(output: BuildOutput, addresses: LibraryAddresses): BuildOutput {
  const { libraries } = output.metadata;
  if (libraries === undefined) return output;
  const code = fromHex(output.code);
  for (const [name, starts] of Object.entries(libraries)) {
    const address = addresses[name];
    assert(address, `${output.name} links ${name}, whose address is not given`);
    for (const start of starts) code.set(fromHex(address), start);
  }
  return { ...output, code: toHex(code), codeHash: keccak256(code) };
}

/** The addresses that a creation of this contract has in its data. */
export function linksIn({ metadata }: BuildOutput, creation: Hex): LibraryAddresses {
  return addressesAt(metadata.libraries ?? {}, fromHex(creation), 0);
}

/**
 * Whether a library runs with this code, and the addresses of the libraries that it links itself. A library has no
 * constructor, so its creation returns the end of itself.
 */
export function compareLibrary(
  library: BuildOutput,
  deployed: Hex,
): { readonly isSame: boolean; readonly links: LibraryAddresses } {
  const code = fromHex(deployed);
  const begin = Buffer.from(fromHex(library.code)).indexOf(LIBRARY_START, 0, "hex");
  if (begin < 0 || begin + code.length !== fromHex(library.code).length) {
    return { isSame: false, links: {} };
  }
  const links = addressesAt(library.metadata.libraries ?? {}, code, begin);
  const expected = fromHex(linkOutput(library, links).code).subarray(begin);
  code.fill(0, OWN_ADDRESS, OWN_ADDRESS + ADDRESS_BYTES);
  return { isSame: toHex(expected) === toHex(code), links };
}

/** Addresses in a code that lacks the first bytes of the one that places were told for. */
function addressesAt(places: LibraryPlaces, code: Uint8Array, lacking: number): LibraryAddresses {
  return Object.fromEntries(
    Object.entries(places).map(([name, [start = 0]]) => {
      const bytes = new Uint8Array(ADDRESS_BYTES);
      bytes.set(code.subarray(start - lacking, start - lacking + ADDRESS_BYTES));
      return [name, toHex(bytes)];
    }),
  );
}

/** Outputs in an order in which each comes behind the libraries that it links. */
export function inLinkOrder(outputs: readonly BuildOutput[]): readonly BuildOutput[] {
  const ordered = new Set<BuildOutput>();
  const add = (output: BuildOutput): void => {
    for (const name of Object.keys(output.metadata.libraries ?? {})) {
      const library = outputs.find((one) => one.name === name);
      if (library !== undefined) add(library);
    }
    ordered.add(output);
  };
  for (const output of outputs) add(output);
  return [...ordered];
}

/** The libraries that a contract links, and those that they link, each behind those that it needs. */
export function librariesOf(
  output: BuildOutput,
  load: (name: string) => BuildOutput,
): readonly BuildOutput[] {
  const found = new Map<string, BuildOutput>();
  const visit = ({ metadata }: BuildOutput): void => {
    for (const name of Object.keys(metadata.libraries ?? {})) {
      if (found.has(name)) continue;
      const library = load(name);
      visit(library);
      found.set(name, library);
    }
  };
  visit(output);
  return [...found.values()];
}
