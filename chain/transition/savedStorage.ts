import type { Address, BlockExecution, Hash, SlotChange } from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";
import { mappingSlot, nextSlot, type StorageReader, toWord } from "../system/solidityStorage.ts";

// What a contract's storage was before it switched to its present version, in the storage of CONTRACTS, so that a
// restart, a rewind and a node that follows know it alike: `_savedCount`, `_saved` and `_savedIn` of Contracts.sol.

const COUNT_SLOT = 14n;
const SAVED_SLOT = 15n;
const SAVED_IN_SLOT = 16n;

/** Beyond `ContractRules.rollbackSlotsMax`: the switch cannot be undone any more. */
const TOO_MANY = 2n ** 64n - 1n;
const COUNT_MASK = 2n ** 64n - 1n;

type Spec = Pick<ChainSpec, "contractsAddress" | "contractRules">;

/**
 * Keeps the values that `changes` are about to replace: of each slot the one that it had before the switch of this
 * queue index. Each costs three slots of state, so there is a limit, above which nothing is kept.
 */
export function saveStorage(
  execution: BlockExecution,
  contract: Address,
  switchIndex: bigint,
  changes: readonly SlotChange[],
  { contractsAddress: registry, contractRules }: Spec,
): void {
  let count = savedCount(execution, registry, contract, switchIndex);
  if (count === TOO_MANY) return;
  const slots: { slot: Hash; value: Hash }[] = [];
  for (const { slot } of changes) {
    const mark = markSlot(contract, slot);
    if (BigInt(execution.storage(registry, mark)) === switchIndex) continue;
    if (count >= BigInt(contractRules.rollbackSlotsMax)) {
      count = TOO_MANY;
      break;
    }
    const place = savedSlot(contract, count);
    slots.push(
      { slot: mark, value: toWord(switchIndex) },
      { slot: place, value: slot },
      { slot: nextSlot(place, 1n), value: execution.storage(contract, slot) },
    );
    count += 1n;
  }
  slots.push({ slot: countSlot(contract), value: toWord((switchIndex << 64n) | count) });
  execution.write({ address: registry, slots });
}

/** Puts a contract's storage back as it was before its last switch. `false` when more has changed than was kept. */
export function restoreStorage(
  execution: BlockExecution,
  contract: Address,
  { contractsAddress: registry }: Spec,
): boolean {
  const count = BigInt(execution.storage(registry, countSlot(contract))) & COUNT_MASK;
  if (count === TOO_MANY) return false;
  const slots = Array.from({ length: Number(count) }, (_, i) => {
    const place = savedSlot(contract, BigInt(i));
    return {
      slot: execution.storage(registry, place),
      value: execution.storage(registry, nextSlot(place, 1n)),
    };
  });
  if (slots.length > 0) execution.write({ address: contract, slots });
  return true;
}

/** The queue index of the last switch whose former values are kept. */
export function lastSwitch(state: StorageReader, registry: Address, contract: Address): bigint {
  return BigInt(state.storage(registry, countSlot(contract))) >> 64n;
}

/** How many are kept of this switch: none of one that has just begun. */
function savedCount(
  state: StorageReader,
  registry: Address,
  contract: Address,
  switchIndex: bigint,
): bigint {
  const word = BigInt(state.storage(registry, countSlot(contract)));
  return word >> 64n === switchIndex ? word & COUNT_MASK : 0n;
}

function countSlot(contract: Address): Hash {
  return mappingSlot(contract, COUNT_SLOT);
}

function savedSlot(contract: Address, index: bigint): Hash {
  const list = mappingSlot(contract, SAVED_SLOT);
  return mappingSlot(toWord(index), list);
}

function markSlot(contract: Address, slot: Hash): Hash {
  return mappingSlot(slot, mappingSlot(contract, SAVED_IN_SLOT));
}
