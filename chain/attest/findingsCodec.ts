import { fromHex, type RlpItem } from "@delchain/runtime";
import { integerBytes, readHash, readInteger, readList } from "../tx/rlpFields.ts";
import type { Findings } from "./statement.ts";

/** RLP: `[diff, results, gas]`, and the member's number where it has one. */
export function findingsFields(findings: Findings): readonly RlpItem[] {
  const { diffHash, resultsHash, gasUsed, number } = findings;
  const shared = [fromHex(diffHash), fromHex(resultsHash), integerBytes(gasUsed)];
  return number === undefined ? shared : [...shared, fromHex(number)];
}

/** Throws `InvalidInput` for what `findingsFields` does not write. */
export function readFindings(item: RlpItem | undefined): Findings {
  const [diffHash, resultsHash, gasUsed, number] = readList(item, "findings", { max: 4 });
  return {
    diffHash: readHash(diffHash, "diffHash"),
    resultsHash: readHash(resultsHash, "resultsHash"),
    gasUsed: readInteger(gasUsed, "gasUsed", 8),
    ...(number !== undefined && { number: readHash(number, "number") }),
  };
}
