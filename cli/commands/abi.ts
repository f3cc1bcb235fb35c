import { writeFileSync } from "node:fs";
import type { Abi } from "viem";
import type { Output } from "../output.ts";
import { outputOf } from "../project/contractOf.ts";
import { projectRoot } from "../project/projectRoot.ts";
import { solidityInterface } from "../project/solidityInterface.ts";
import { buildQuietly } from "./build.ts";

export const ABI_FORMS: readonly ["ts", "solidity", "json"] = ["ts", "solidity", "json"];
export type AbiForm = (typeof ABI_FORMS)[number];

export type AbiOptions = {
  readonly project?: string;
  readonly to: AbiForm;
  readonly out?: string;
};

/** Prints a contract's ABI in the form that its callers take, or writes it to a file. */
export async function exportAbi(name: string, options: AbiOptions, output: Output): Promise<void> {
  const root = projectRoot(options.project);
  await buildQuietly(root);
  const text = abiText(name, outputOf(root, name).abi, options.to);
  if (options.out === undefined) {
    output.line(text);
    return;
  }
  writeFileSync(options.out, `${text}\n`);
  output.note(`Written to ${options.out}.`);
}

function abiText(name: string, abi: Abi, form: AbiForm): string {
  const json = JSON.stringify(abi, undefined, 2);
  if (form === "json") return json;
  if (form === "solidity") return solidityInterface(name, abi);
  const constant = `${name[0]?.toLowerCase()}${name.slice(1)}Abi`;
  return `// viem and abitype infer functions, arguments and results from it.\nexport const ${constant} = ${json} as const;`;
}
