import { basename } from "node:path/posix";
import { CODE_KINDS, encodeEnvelope } from "@delchain/runtime";
import { sdkInputs } from "../input.ts";
import { phpLines } from "../lines/phpLines.ts";
import { composerInputs } from "../php/composer.ts";
import { describeJoined } from "../php/describeJoined.ts";
import { checkSize, joinPhp } from "../php/joinPhp.ts";
import { isContainerContract, isPhpContract } from "../php/phpContract.ts";
import { phpTools } from "../php/phpEngine.ts";
import { phpUnit } from "../php/phpUnit.ts";
import type { CompileRequest, CompileResult, Toolchain } from "../toolchain.ts";

/**
 * PHP in the wasm tier, whose interpreter runs sources as they are: a contract is one file with a class that extends
 * `Contract`, and the files of what it names.
 */
export const php: Toolchain = {
  language: "php",
  tier: "wasm",
  endings: [".php", "composer.json", "installed.json"],
  isContract: (path, text) => isPhpContract(path, text) && !isContainerContract(text),
  tools: async () => phpTools(),
  flags: () => [],
  units: (sources) => sources.map((source) => [source]),
  compile,
  unitTests: phpUnit,
};

async function compile({ root, sources, progress }: CompileRequest): Promise<CompileResult> {
  const [main = ""] = sources;
  progress(`php: ${main}`);
  const joined = joinPhp(root, main, "wasm");
  const { source, abi } = describeJoined(joined);
  checkSize(source, joined);
  return {
    contracts: [
      {
        name: basename(main, ".php"),
        source: main,
        code: encodeEnvelope(CODE_KINDS.php, source),
        abi,
        lines: phpLines(source, joined),
        inputs: [
          ...joined.files.keys(),
          ...composerInputs(root),
          ...["src", "wasm"].flatMap((part) => sdkInputs("@delchain/php", part, ".php")),
        ],
      },
    ],
    warnings: [],
  };
}
