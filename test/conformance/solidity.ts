import { createRequire } from "node:module";
import { SOLIDITY_SETTINGS } from "@delchain/solidity";
import type { Abi, Hex } from "viem";

// Solidity as an oracle: what the compiler makes of sources that a test has in hand, at once and in this process.

const LAYOUT_SETTINGS: object = { outputSelection: { "*": { "*": ["storageLayout"] } } };

type CompilerOutput = {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: {
    readonly [file: string]: {
      readonly [contract: string]: {
        readonly abi: Abi;
        readonly evm: { readonly bytecode: { readonly object: string } };
        readonly storageLayout: StorageLayout;
      };
    };
  };
};

type StorageLayout = {
  readonly storage: readonly {
    readonly label: string;
    readonly type: string;
    readonly slot: string;
    readonly offset: number;
  }[];
  readonly types: { readonly [id: string]: { readonly label: string } };
};

/** ABI and init code of a contract in Solidity. Throws an `Error` with the compiler's messages. */
export function compileSolidity(
  files: Readonly<{ [name: string]: string }>,
  file: string,
  contract: string,
): { readonly abi: Abi; readonly bytecode: Hex } {
  const { abi, evm } = compile(files, file, contract, SOLIDITY_SETTINGS);
  return { abi, bytecode: `0x${evm.bytecode.object}` };
}

/** Where the compiler puts each state variable: its slot, and its offset in bytes from the slot's low end. */
export function storageLayout(
  files: Readonly<{ [name: string]: string }>,
  file: string,
  contract: string,
): readonly StorageLayout["storage"][number][] {
  const { storage, types } = compile(files, file, contract, LAYOUT_SETTINGS).storageLayout;
  return storage.map(({ label, type, slot, offset }) => ({
    label,
    type: types[type]?.label ?? type,
    slot,
    offset,
  }));
}

function compile(
  files: Readonly<{ [name: string]: string }>,
  file: string,
  contract: string,
  settings: object,
): NonNullable<CompilerOutput["contracts"]>[string][string] {
  // 9 MB of compiler: loaded when something is compiled, not when this file is.
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };
  const sources = Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name, { content }]),
  );
  const input = { language: "Solidity", sources, settings };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as CompilerOutput;
  const compiled = output.contracts?.[file]?.[contract];
  if (compiled === undefined || output.errors?.some(({ severity }) => severity === "error")) {
    const messages = output.errors?.map(({ formattedMessage }) => formattedMessage).join("\n");
    throw new Error(`${file} does not compile:\n${messages}`);
  }
  return compiled;
}
