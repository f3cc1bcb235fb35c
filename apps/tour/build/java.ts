import {
  compileJava,
  JAVA_FLAGS,
  javaSources,
  javaToolchain,
  ToolchainMissing,
} from "@delchain/java";
import type { Abi } from "viem";
import { type Built, packageVersion, type Recipe, readText } from "./recipe.ts";

const FILE = "Token.java";
const SOURCE = `apps/tour/contracts/java/${FILE}`;
const SDK = "sdk-langs/java";

/** The SDK, the tools that write the dispatcher, and the compilers by their hashes. */
function sdkInputs(): string[] {
  const sources = (["build", "src", "wasm"] as const).flatMap((folder) => javaSources(folder));
  return [...sources, "jars.json", "optimizerProcess.ts"].map((path) => `${SDK}/${path}`);
}

async function build(): Promise<Built | { readonly missing: string }> {
  try {
    const { version } = await javaToolchain();
    const { module, abi } = await compileJava({ files: { [FILE]: readText(SOURCE) } });
    const toolchain = `${version}, ${packageVersion("binaryen")}`;
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
