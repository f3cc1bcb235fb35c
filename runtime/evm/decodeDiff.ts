import { decodeStoredCode } from "../host/envelope.ts";
import {
  type AccountChange,
  type CodeChange,
  compareHex,
  type SlotChange,
  type StateDiff,
} from "../state/diff.ts";
import { assert } from "../types/errors.ts";
import type { Hash } from "../types/hash.ts";
import type { WireReader } from "./wire.ts";

const EXISTS = 1;
const WIPED = 2;

/**
 * Reads the engine's diff (engine/src/diff.rs), which is in canonical order, and adds the payload of each new
 * stored code. `payloads` holds at least those that were deployed since the block began.
 */
export function decodeDiff(reader: WireReader, payloads: ReadonlyMap<Hash, Uint8Array>): StateDiff {
  const codes = new Map<Hash, CodeChange>();
  for (let left = reader.u32(); left > 0; left--) {
    const hash = reader.hash();
    const bytes = reader.sized();
    codes.set(hash, { hash, bytes });
    const stored = decodeStoredCode(bytes);
    if (stored === undefined) continue;
    const payload = payloads.get(stored.payloadHash);
    assert(
      payload !== undefined,
      `code deployed in this block has its payload ${stored.payloadHash}`,
    );
    codes.set(stored.payloadHash, { hash: stored.payloadHash, bytes: payload });
  }
  const accounts: AccountChange[] = [];
  for (let left = reader.u32(); left > 0; left--) accounts.push(readAccount(reader));
  return {
    accounts,
    codes: [...codes.values()].sort((left, right) => compareHex(left.hash, right.hash)),
  };
}

function readAccount(reader: WireReader): AccountChange {
  const address = reader.address();
  const flags = reader.u8();
  const nonce = reader.u64();
  const balance = reader.word();
  const codeHash = reader.hash();
  const slots: SlotChange[] = [];
  for (let left = reader.u32(); left > 0; left--) {
    slots.push({ slot: reader.hash(), value: reader.hash() });
  }
  return {
    address,
    exists: (flags & EXISTS) !== 0,
    nonce,
    balance,
    codeHash,
    wiped: (flags & WIPED) !== 0,
    slots,
  };
}
