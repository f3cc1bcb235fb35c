import { compileJava, JAVA_FLAGS, javaInputs, javaTools, ToolchainMissing } from "@delchain/java";
import type { Abi } from "viem";
import { type Built, packageVersion, type Recipe, readText } from "./recipe.ts";

const FILE = "Token.java";
const SOURCE = `apps/tour/contracts/java/${FILE}`;
const SDK = "sdk-langs/java";

/** The SDK, the tools that write the dispatcher, and the compilers by their hashes. */
function sdkInputs(): readonly string[] {
  return [...javaInputs(), "optimizerProcess.ts"].map((path) => `${SDK}/${path}`);
}

async function build(): Promise<Built | { readonly missing: string }> {
  try {
    const { module, abi } = await compileJava({ files: { [FILE]: readText(SOURCE) } });
    const tools = Object.entries(javaTools()).map(([name, version]) => `${name} ${version}`);
    const toolchain = [...tools, packageVersion("binaryen")].join(", ");
    return { bytes: module, abi: abi as Abi, toolchain };
  } catch (error) {
    if (error instanceof ToolchainMissing) return { missing: error.message };
    throw error;
  }
}

export const JAVA_RECIPES: readonly Recipe[] = [
  {
    name: "token-java",
    contract: "token",
    language: "Java",
    tier: "wasm",
    source: SOURCE,
    artefact: "token-java.wasm",
    inputs: [SOURCE, ...sdkInputs()],
    flags: JAVA_FLAGS,
    command: `compileJava of @delchain/java on ${FILE}: ecj, TeaVM, binaryen, with the flags`,
    build,
  },
];
