import {
  type Account,
  type AccountChange,
  type Address,
  compareHex,
  EMPTY_CODE_HASH,
  EMPTY_ROOT,
  type Hash,
  keccak256,
  type SlotChange,
  type StateDiff,
  ZERO_ADDRESS,
  ZERO_HASH,
} from "@delchain/runtime";
import type { Block } from "../block/block.ts";
import { EMPTY_BLOOM } from "../block/bloom.ts";
import { EMPTY_CERTIFICATES_ROOT, extensionRoot } from "../block/extension.ts";
import { genesisChallengeSlots } from "../system/challengeRegistry.ts";
import { genesisContractSlots } from "../system/contractRegistry.ts";
import { genesisHostSlots } from "../system/hostRegistry.ts";
import type { ChainSpec } from "./spec.ts";

/** INVALID: QUEUE's storage is the protocol's alone, and calling it halts. */
const QUEUE_CODE: Uint8Array = Uint8Array.of(0xfe);

/**
 * The state before the first block, as a diff from nothing. System contracts have nonce 1 and code, so that
 * they are never empty and EIP-161 never sweeps them with their storage.
 */
export function genesisDiff(spec: ChainSpec): StateDiff {
  const accounts = spec.genesis.balances.map(({ address, balance }) =>
    change(address, { nonce: 0n, balance, codeHash: EMPTY_CODE_HASH }),
  );
  const queue = { address: spec.queueAddress, code: QUEUE_CODE };
  const codes = new Map<Hash, Uint8Array>();
  for (const { address, code } of [queue, ...spec.systemContracts]) {
    const codeHash = keccak256(code);
    codes.set(codeHash, code);
    const { balance, slots } = systemState(address, spec);
    accounts.push(change(address, { nonce: 1n, balance, codeHash }, slots));
  }
  accounts.sort((left, right) => compareHex(left.address, right.address));
  return {
    accounts,
    codes: [...codes]
      .map(([hash, bytes]) => ({ hash, bytes }))
      .sort((left, right) => compareHex(left.hash, right.hash)),
  };
}

/** What a system contract begins with: the network's rules and first hosts, with their stakes. */
function systemState(
  address: Address,
  spec: ChainSpec,
): { readonly balance: bigint; readonly slots: readonly SlotChange[] } {
  const { hostsAddress, contractsAddress, challengesAddress, hosts, hostRules } = spec;
  if (address === hostsAddress) {
    const balance = hostRules.stakeUnit * BigInt(hosts.length);
    return { balance, slots: genesisHostSlots(hosts, hostRules) };
  }
  if (address === contractsAddress) {
    return { balance: 0n, slots: genesisContractSlots(spec.contractRules) };
  }
  return { balance: 0n, slots: address === challengesAddress ? genesisChallengeSlots(spec) : [] };
}

function change(
  address: Address,
  account: Pick<Account, "nonce" | "balance" | "codeHash">,
  slots: readonly SlotChange[] = [],
): AccountChange {
  const written = slots.filter(({ value }) => value !== ZERO_HASH);
  written.sort((left, right) => compareHex(left.slot, right.slot));
  return { address, exists: true, ...account, wiped: false, slots: written };
}

/** Block 0; `stateRoot` is the root of `genesisDiff` applied to nothing. */
export function genesisBlock(spec: ChainSpec, stateRoot: Hash): Block {
  const extension = {
    ordersRoot: EMPTY_ROOT,
    certificatesRoot: EMPTY_CERTIFICATES_ROOT,
    containerGasOrdered: 0n,
    containerBaseFee: spec.initialContainerBaseFee,
  };
  return {
    header: {
      parentHash: ZERO_HASH,
      producer: ZERO_ADDRESS,
      stateRoot,
      transactionsRoot: EMPTY_ROOT,
      receiptsRoot: EMPTY_ROOT,
      logsBloom: EMPTY_BLOOM,
      number: 0n,
      gasLimit: spec.blockGasLimit,
      gasUsed: 0n,
      timestamp: spec.genesis.timestamp,
      extraData: extensionRoot(extension),
      mixHash: spec.genesis.randomness,
      baseFeePerGas: spec.initialBaseFee,
    },
    extension,
    transactions: [],
    orders: [],
    certificates: [],
  };
}
