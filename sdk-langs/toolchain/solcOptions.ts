import { EVM_VERSIONS, type SolidityOptions } from "@delchain/solidity";
import { z } from "zod";
import { readProjectFile } from "./projectFile.ts";

/** The most that solc takes. */
const RUNS_MAX = 2 ** 32 - 1;

const RULES = {
  solc: "an object with optimizer, viaIR and evmVersion, each of which may be left out",
  optimizer: "an object with enabled and runs, each of which may be left out",
  switch: "true or false",
  runs: `a whole number of 0 to ${RUNS_MAX}`,
  evmVersion: `one of ${EVM_VERSIONS.join(", ")}`,
} as const;

/** `solc` in a project file, with the names that solc has for them. */
export const SOLC_SCHEMA: z.ZodType<SolidityOptions> = z.strictObject(
  {
    optimizer: z
      .strictObject(
        {
          enabled: z.boolean(RULES.switch).optional(),
          runs: z.int(RULES.runs).min(0, RULES.runs).max(RUNS_MAX, RULES.runs).optional(),
        },
        RULES.optimizer,
      )
      .optional(),
    viaIR: z.boolean(RULES.switch).optional(),
    evmVersion: z.enum(EVM_VERSIONS, RULES.evmVersion).optional(),
  },
  RULES.solc,
);

/** What a project has chosen of solc's settings. Throws as `readProjectFile`. */
export function solcOptions(root: string): SolidityOptions {
  return readProjectFile(root, z.looseObject({ solc: SOLC_SCHEMA.optional() }))?.solc ?? {};
}
