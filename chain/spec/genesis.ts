import {
  type Account,
  type AccountChange,
  type Address,
  compareHex,
  EMPTY_CODE_HASH,
  EMPTY_ROOT,
  type Hash,
  keccak256,
  type StateDiff,
  ZERO_ADDRESS,
  ZERO_HASH,
} from "@delchain/runtime";
import type { Block } from "../block/block.ts";
import { EMPTY_BLOOM } from "../block/bloom.ts";
import { EMPTY_CERTIFICATES_ROOT, extensionRoot } from "../block/extension.ts";
import type { ChainSpec } from "./spec.ts";

/** INVALID: a system contract's storage is the protocol's, and calling it halts. */
const SYSTEM_CODE: Uint8Array = Uint8Array.of(0xfe);

/**
 * The state before the first block, as a diff from nothing. System contracts have nonce 1 and code, so that
 * they are never empty and EIP-161 never sweeps them with their storage.
 */
export function genesisDiff(spec: ChainSpec): StateDiff {
  const accounts = spec.genesis.balances.map(({ address, balance }) =>
    change(address, { nonce: 0n, balance, codeHash: EMPTY_CODE_HASH }),
  );
  const codeHash = keccak256(SYSTEM_CODE);
  accounts.push(change(spec.queueAddress, { nonce: 1n, balance: 0n, codeHash }));
  accounts.sort((left, right) => compareHex(left.address, right.address));
  return { accounts, codes: [{ hash: codeHash, bytes: SYSTEM_CODE }] };
}

function change(
  address: Address,
  account: Pick<Account, "nonce" | "balance" | "codeHash">,
): AccountChange {
  return { address, exists: true, ...account, wiped: false, slots: [] };
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
