import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { BaseError, ContractFunctionRevertedError, type Log } from "viem";
import type { ContractHandle } from "./contractHandle.ts";

/**
 * Holds a call to reverting; `expected` is the reason, or the custom error's name with `args` as its arguments.
 * Without it any revert will do. Throws `AssertionError` that shows what came instead.
 */
export async function expectRevert(
  call: Promise<unknown>,
  expected?: string,
  args?: readonly unknown[],
): Promise<void> {
  const error = await call.then(
    () => assert.fail("expected a revert, and the call succeeded"),
    (thrown: unknown) => thrown,
  );
  const revert =
    error instanceof BaseError
      ? error.walk((cause) => cause instanceof ContractFunctionRevertedError)
      : undefined;
  // Not a revert at all: a typing error or a chain that is gone must not pass for one.
  if (!(revert instanceof ContractFunctionRevertedError)) throw error;
  if (expected === undefined) return;
  const { data, reason, signature } = revert;
  const isReason = data === undefined || data.errorName === "Error";
  const actual = isReason ? (reason ?? signature ?? "no reason") : data.errorName;
  assert.equal(actual, expected, `expected the revert ${expected}, got ${actual}`);
  if (args !== undefined) assert.deepEqual(data?.args ?? [], args);
}

/** Holds a transaction to having logged an event of a contract with at least these values. */
export async function expectEvent(
  transaction: { readonly logs: readonly Log[] } | Promise<{ readonly logs: readonly Log[] }>,
  contract: Pick<ContractHandle, "name" | "events">,
  name: string,
  values: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const events = contract.events(await transaction);
  const isFound = events.some(
    (event) =>
      event.name === name &&
      Object.entries(values).every(([key, value]) => isDeepStrictEqual(event.args[key], value)),
  );
  if (isFound) return;
  assert.fail(
    `${contract.name} logged no ${name} with ${shown(values)}; it logged ${shown(events)}`,
  );
}

function shown(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? `${one}n` : one));
}
