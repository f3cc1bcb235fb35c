import {
  type Account,
  type AccountChange,
  type Address,
  compareHex,
  decodeStoredCode,
  EMPTY_CODE_HASH,
  EMPTY_ROOT,
  type Hash,
  InvalidInput,
  keccak256,
  type StateDiff,
  type StateView,
  toHex,
} from "@delchain/runtime";

/** A write to the state that no transaction makes; what is left out stays as it is. */
export type StateEdit = {
  readonly address: Address;
  readonly balance?: bigint;
  readonly nonce?: bigint;
  readonly code?: Uint8Array;
  readonly slots?: readonly { readonly slot: Hash; readonly value: Hash }[];
};

export type InvalidEdit = { readonly code: "EDIT_CODE"; readonly address: Address };

/** EIP-3541 keeps this byte from the beginning of EVM code; what begins so is another tier's. */
const RESERVED_BYTE = 0xef;

/**
 * What edits do to a state, in the order given, as the diff of a block that holds nothing else: its root commits to
 * them like to any block's. Throws `InvalidInput<InvalidEdit>` for code that no tier could have put there.
 */
export function editDiff(view: StateView, edits: readonly StateEdit[]): StateDiff {
  const byAddress = Map.groupBy(edits, ({ address }) => address);
  const codes = new Map<Hash, Uint8Array>();
  const accounts = [...byAddress]
    .map(([address, own]) => accountChange(address, view, own, codes))
    .sort((left, right) => compareHex(left.address, right.address));
  return {
    accounts,
    codes: [...codes]
      .map(([hash, bytes]) => ({ hash, bytes }))
      .sort((left, right) => compareHex(left.hash, right.hash)),
  };
}

function accountChange(
  address: Address,
  view: StateView,
  edits: readonly StateEdit[],
  codes: Map<Hash, Uint8Array>,
): AccountChange {
  const account: Account = view.account(address) ?? {
    nonce: 0n,
    balance: 0n,
    codeHash: EMPTY_CODE_HASH,
    storageRoot: EMPTY_ROOT,
  };
  const code = edits.findLast((edit) => edit.code !== undefined)?.code;
  const slots = new Map(
    edits.flatMap((edit) => edit.slots ?? []).map((one) => [one.slot, one.value]),
  );
  const nonce = edits.findLast((edit) => edit.nonce !== undefined)?.nonce ?? account.nonce;
  const balance = edits.findLast((edit) => edit.balance !== undefined)?.balance ?? account.balance;
  const codeHash = code === undefined ? account.codeHash : keepCode(address, view, code, codes);
  // EIP-161: what has nothing is not there. Storage alone keeps an account, since somebody asked for it.
  const isEmpty = nonce === 0n && balance === 0n && codeHash === EMPTY_CODE_HASH;
  const exists = !isEmpty || slots.size > 0 || account.storageRoot !== EMPTY_ROOT;
  return {
    address,
    exists,
    nonce,
    balance,
    codeHash,
    wiped: !exists,
    slots: [...slots]
      .map(([slot, value]) => ({ slot, value }))
      .sort((left, right) => compareHex(left.slot, right.slot)),
  };
}

function keepCode(
  address: Address,
  view: StateView,
  code: Uint8Array,
  codes: Map<Hash, Uint8Array>,
): Hash {
  if (code.length === 0) return EMPTY_CODE_HASH;
  if (code[0] === RESERVED_BYTE) checkStored(address, view, code);
  const hash = keccak256(code);
  codes.set(hash, code);
  return hash;
}

/** What `eth_getCode` shows of a contract of another tier may be put elsewhere too: its payload is there. */
function checkStored(address: Address, view: StateView, code: Uint8Array): void {
  const stored = decodeStoredCode(code);
  if (stored && view.code(stored.payloadHash)) return;
  throw new InvalidInput<InvalidEdit>(
    { code: "EDIT_CODE", address },
    `code that begins with ${toHex(code.subarray(0, 1))} belongs to the other tiers; it must be what eth_getCode shows of a contract of this chain: deploy modules and containers by a transaction`,
  );
}
