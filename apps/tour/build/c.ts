import { C_FLAGS, compileC, headers, readAbi } from "@delchain/c";
import type { ManifestEntry } from "../manifest.ts";
import { packageVersion, type Recipe, readText } from "./recipe.ts";

const FOLDER = "apps/tour/contracts/c";

function recipe(contract: ManifestEntry["contract"]): Recipe {
  const file = `${contract}.c`;
  const source = `${FOLDER}/${file}`;
  return {
    name: `${contract}-c`,
    contract,
    language: "C",
    tier: "wasm",
    source,
    artefact: `${contract}-c.wasm`,
    inputs: [source, ...Object.keys(headers()).map((path) => `sdk-langs/c/${path}`)],
    flags: C_FLAGS,
    command: `clang ${file} -o ${contract}.wasm -I sdk-langs/c, with the flags`,
    build: async () => {
      const text = readText(source);
      const bytes = await compileC({ main: file, files: { [file]: text } });
      return { bytes, abi: readAbi(text), toolchain: packageVersion("@yowasp/clang") };
    },
  };
}

export const C_RECIPES: readonly Recipe[] = [recipe("token"), recipe("forwarder")];
