import { assert, fromHex } from "@delchain/runtime";
import {
  type CompiledSolidity,
  compileSolidity,
  type SolidityContract,
  type SolidityMessage,
  SolidityRefused,
  soliditySettings,
} from "@delchain/solidity";
import { CompileFailed, type Diagnostic, placeAtByte, type ReadSource } from "../diagnostic.ts";
import { FOUNDRY_FILE } from "../foundryFile.ts";
import { readInputText, readSource } from "../input.ts";
import { solidityLines } from "../lines/solidityLines.ts";
import { npmTools } from "../npmTools.ts";
import { REMAPPINGS_FILE, readRemappings } from "../remappings.ts";
import { solcOptions } from "../solcOptions.ts";
import type { CompiledContract, CompileRequest, CompileResult, Toolchain } from "../toolchain.ts";

/** Solidity by solc from npm: imports from the project and from npm packages, remappings as Foundry has them. */
export const solidity: Toolchain = {
  language: "solidity",
  tier: "evm",
  endings: [".sol", REMAPPINGS_FILE, FOUNDRY_FILE],
  // Foundry's tests and scripts are none.
  isContract: (path) => path.endsWith(".sol") && !/\.[ts]\.sol$/.test(path),
  tools: async () => npmTools("solc"),
  flags: (root) => [JSON.stringify(soliditySettings(solcOptions(root))), ...readRemappings(root)],
  // Sources import one another, and solc takes most of its second to start.
  units: (sources) => [sources],
  compile,
};

async function compile({ root, sources, progress }: CompileRequest): Promise<CompileResult> {
  progress(`solc: ${sources.length} ${sources.length === 1 ? "file" : "files"}`);
  const files = Object.fromEntries(sources.map((path) => [path, readSource(root, path)]));
  const remappings = readRemappings(root);
  const read: ReadSource = (file) => files[file] ?? readInputText(root, file);
  try {
    const compiled = await compileSolidity({ files, root, remappings, options: solcOptions(root) });
    return {
      contracts: deployables(compiled, sources),
      warnings: compiled.messages
        .filter(({ severity, at }) => severity === "warning" && sources.includes(at?.file ?? ""))
        .map((message) => diagnosticOf(message, read)),
    };
  } catch (error) {
    if (!(error instanceof SolidityRefused)) throw error;
    throw new CompileFailed(error.messages.map((message) => diagnosticOf(message, read)));
  }
}

/** The project's contracts, and of the files that they import the libraries that they link. */
function deployables(
  compiled: CompiledSolidity,
  sources: readonly string[],
): readonly CompiledContract[] {
  const own = compiled.contracts.filter(
    ({ file, initCode }) => sources.includes(file) && initCode !== "0x",
  );
  return withLibraries(own, compiled.contracts).map((contract) => {
    const { file: source, name, abi, initCode, inputs, storageLayout } = contract;
    const lines = solidityLines(contract, compiled);
    const libraries = Object.fromEntries(contract.links.map((link) => [link.name, link.starts]));
    const built = { name, source, code: fromHex(initCode), abi, inputs, storageLayout, lines };
    return contract.links.length === 0 ? built : { ...built, libraries };
  });
}

/** Contracts with what they link, and what that links. Throws `CompileFailed` for libraries that link one another. */
function withLibraries(
  contracts: readonly SolidityContract[],
  all: readonly SolidityContract[],
): readonly SolidityContract[] {
  const found = new Set<SolidityContract>();
  const visit = (contract: SolidityContract, path: readonly SolidityContract[]): void => {
    if (path.includes(contract)) throw linkedInCircle(path);
    if (found.has(contract)) return;
    for (const link of contract.links) {
      const library = all.find(({ file, name }) => file === link.file && name === link.name);
      assert(library, `solc links ${link.file}:${link.name}, which it has not compiled`);
      visit(library, [...path, contract]);
    }
    found.add(contract);
  };
  for (const contract of contracts) visit(contract, []);
  return [...found];
}

function linkedInCircle(path: readonly SolidityContract[]): CompileFailed {
  const names = path.map(({ name }) => name).join(", ");
  const message = `${names} link one another, so none can be deployed first: make the functions of one of them internal`;
  const place = { file: path[0]?.file ?? "", line: 1, column: 1, text: undefined };
  return new CompileFailed([{ severity: "error", message, place }]);
}

function diagnosticOf({ severity, text, at }: SolidityMessage, read: ReadSource): Diagnostic {
  const place = at === undefined ? undefined : placeAtByte(at.file, at.start, read);
  const message = text.replace(STACK_TOO_DEEP, STACK_REMEDY);
  return { severity: severity === "error" ? "error" : "warning", message, place };
}

/** What solc says here names a line of its own sources, and options that a project gives otherwise. */
const STACK_TOO_DEEP = /^.*Stack too deep\. Try compiling with .* Otherwise, try removing/s;
const STACK_REMEDY =
  'stack too deep: say "solc": {"viaIR": true} in delchain.json, which takes longer to compile; otherwise, try removing';
