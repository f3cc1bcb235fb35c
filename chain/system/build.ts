// Compiles the system contracts of this folder to contracts.json. `--check` compares instead and fails when they differ.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { compileSolidity } from "@delchain/solidity";
import type { Abi } from "viem";

const ARTEFACT: URL = new URL("contracts.json", import.meta.url);

/** What `contracts.json` says of a contract: SHA-256 of its source, the code at its address, and its interface. */
type SystemArtefact = { readonly source: string; readonly code: string; readonly abi: Abi };

function readSources(): Record<string, string> {
  const folder = new URL(".", import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith(".sol"));
  return Object.fromEntries(
    names.sort().map((name) => [name, readFileSync(new URL(name, folder), "utf8")]),
  );
}

async function compile(files: Record<string, string>): Promise<string> {
  const { contracts } = await compileSolidity({ files });
  const artefacts: Record<string, SystemArtefact> = {};
  for (const [file, text] of Object.entries(files)) {
    const name = file.replace(".sol", "");
    const compiled = contracts.find((one) => one.file === file && one.name === name);
    if (compiled === undefined) throw new Error(`${file} has no contract ${name}`);
    // There is no constructor to run: the code at the address is the compiler's own.
    const { deployed, deployedGaps } = compiled.debug;
    const source = createHash("sha256").update(text).digest("hex");
    if (/^library /m.test(text)) {
      // It is compiled into those that use it, and stands nowhere.
      artefacts[name] = { source, code: "0x", abi: [] };
      continue;
    }
    if (deployedGaps.length > 0) throw new Error(`${name} has immutable variables or libraries`);
    artefacts[name] = { source, code: deployed, abi: compiled.abi };
  }
  return `${JSON.stringify(artefacts, undefined, 2)}\n`;
}

const built = await compile(readSources());
if (process.argv.includes("--check")) {
  if (readFileSync(ARTEFACT, "utf8") !== built) {
    throw new Error("contracts.json differs: run `npm run build:system` and commit");
  }
  process.stdout.write("contracts.json is what its sources build\n");
} else {
  writeFileSync(ARTEFACT, built);
  process.stdout.write("contracts.json is built\n");
}
