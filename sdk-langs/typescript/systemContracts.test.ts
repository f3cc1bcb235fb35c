import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Abi, AbiParameter } from "viem";
import { challengesContract, contractsContract, hostsContract } from "./systemContracts.ts";

const built = JSON.parse(
  readFileSync(new URL("../../chain/system/contracts.json", import.meta.url), "utf8"),
) as Record<string, { readonly abi: Abi }>;

/** An entry with all that encodes and decodes: names too, since answers are read by them. */
function form(entry: Abi[number]): string {
  const { type, name, inputs, outputs, stateMutability } = entry as {
    readonly type: string;
    readonly name?: string;
    readonly inputs?: readonly AbiParameter[];
    readonly outputs?: readonly AbiParameter[];
    readonly stateMutability?: string;
  };
  const words = (list: readonly AbiParameter[] = []): unknown =>
    list.map((one) => [
      one.type,
      one.name ?? "",
      words((one as { components?: AbiParameter[] }).components),
    ]);
  return JSON.stringify([type, name, words(inputs), words(outputs), stateMutability ?? ""]);
}

test("the SDK's interfaces of system contracts are what the chain has at these addresses", () => {
  for (const [name, abi] of [
    ["Hosts", hostsContract.abi],
    ["Contracts", contractsContract.abi],
    ["Challenges", challengesContract.abi],
  ] as const) {
    const theirs = new Set(built[name]?.abi.map(form));
    const unknown = (abi as Abi).map(form).filter((one) => !theirs.has(one));
    assert.deepEqual(unknown, [], name);
  }
});
