import { readdirSync } from "node:fs";
import { ASSEMBLYSCRIPT_FLAGS, compileAssemblyScript } from "@delchain/assemblyscript";
import type { Abi } from "viem";
import { REPOSITORY } from "../manifest.ts";
import { packageVersion, type Recipe, readText } from "./recipe.ts";

const FILE = "token.ts";
const SOURCE = `apps/tour/contracts/assemblyscript/${FILE}`;
const SDK = "sdk-langs/assemblyscript";

/** The SDK's AssemblyScript, and the transform that writes the dispatcher. */
function sdkInputs(): string[] {
  return ["assembly", "transform"].flatMap((folder) =>
    readdirSync(new URL(`${SDK}/${folder}`, REPOSITORY))
      .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
      .map((name) => `${SDK}/${folder}/${name}`),
  );
}

export const ASSEMBLYSCRIPT_RECIPES: readonly Recipe[] = [
  {
    name: "token-assemblyscript",
    contract: "token",
    language: "AssemblyScript",
    tier: "wasm",
    source: SOURCE,
    artefact: "token-assemblyscript.wasm",
    inputs: [SOURCE, ...sdkInputs()],
    flags: ASSEMBLYSCRIPT_FLAGS,
    command: `asc ${FILE} -o token.wasm --transform @delchain/assemblyscript/transform, with the flags`,
    build: async () => {
      const { module, abi } = await compileAssemblyScript({
        main: FILE,
        files: { [FILE]: readText(SOURCE) },
      });
      return { bytes: module, abi: abi as Abi, toolchain: packageVersion("assemblyscript") };
    },
  },
];
