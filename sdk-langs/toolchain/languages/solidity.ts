import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromHex } from "@delchain/runtime";
import {
  type CompiledSolidity,
  compileSolidity,
  SOLIDITY_SETTINGS,
  type SolidityContract,
  type SolidityMessage,
  SolidityRefused,
} from "@delchain/solidity";
import { CompileFailed, type Diagnostic, placeAtByte, type ReadSource } from "../diagnostic.ts";
import { readInputText, readSource } from "../input.ts";
import { npmTools } from "../npmTools.ts";
import type { CompiledContract, CompileRequest, CompileResult, Toolchain } from "../toolchain.ts";

/** Solidity by solc from npm: imports from the project and from npm packages, remappings from `remappings.txt`. */
export const solidity: Toolchain = {
  language: "solidity",
  tier: "evm",
  endings: [".sol", "remappings.txt"],
  isContract: (path) => path.endsWith(".sol"),
  tools: async () => npmTools("solc"),
  flags: (root) => [JSON.stringify(SOLIDITY_SETTINGS), ...readRemappings(root)],
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
    const compiled = await compileSolidity({ files, root, remappings });
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

function readRemappings(root: string): readonly string[] {
  const file = join(root, "remappings.txt");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
}

function deployables(
  { contracts }: CompiledSolidity,
  sources: readonly string[],
): readonly CompiledContract[] {
  return contracts
    .filter(({ file, initCode }) => sources.includes(file) && initCode !== "0x")
    .map((contract) => {
      const { file: source, name, abi, inputs } = contract;
      return { name, source, code: codeOf(contract), abi, inputs };
    });
}

function codeOf({ file, name, initCode }: SolidityContract): Uint8Array {
  if (!initCode.includes("_")) return fromHex(initCode);
  const message = `${name} calls public functions of a library, which would have to be linked: make them internal`;
  const place = { file, line: 1, column: 1, text: undefined };
  throw new CompileFailed([{ severity: "error", message, place }]);
}

function diagnosticOf({ severity, text, at }: SolidityMessage, read: ReadSource): Diagnostic {
  const place = at === undefined ? undefined : placeAtByte(at.file, at.start, read);
  return { severity: severity === "error" ? "error" : "warning", message: text, place };
}
