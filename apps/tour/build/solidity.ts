import { compileSolidity, SOLIDITY_SETTINGS } from "@delchain/solidity";
import type { ManifestEntry } from "../manifest.ts";
import { packageVersion, type Recipe, readText } from "./recipe.ts";

const FOLDER = "apps/tour/contracts/solidity";

function recipe(
  contract: ManifestEntry["contract"],
  file: string,
  imports: readonly string[],
): Recipe {
  const name = file.replace(".sol", "");
  const inputs = [file, ...imports].map((one) => `${FOLDER}/${one}`);
  return {
    name: `${contract}-solidity`,
    contract,
    language: "Solidity",
    tier: "evm",
    source: `${FOLDER}/${file}`,
    artefact: `${contract}-solidity.json`,
    inputs,
    flags: [JSON.stringify(SOLIDITY_SETTINGS)],
    command: "solc --standard-json, with flags[0] as its settings",
    build: async () => {
      const files = Object.fromEntries(
        [file, ...imports].map((one) => [one, readText(`${FOLDER}/${one}`)]),
      );
      const { contracts } = await compileSolidity({ files });
      const compiled = contracts.find((one) => one.file === file && one.name === name);
      if (compiled === undefined) throw new Error(`${file} has no contract ${name}`);
      const { abi, initCode } = compiled;
      const artefact = { contractName: name, abi, bytecode: initCode };
      const text = `${JSON.stringify(artefact, undefined, 2)}\n`;
      return { bytes: new TextEncoder().encode(text), abi, toolchain: packageVersion("solc") };
    },
  };
}

export const SOLIDITY_RECIPES: readonly Recipe[] = [
  recipe("token", "Token.sol", []),
  recipe("relay", "Relay.sol", ["Token.sol"]),
];
