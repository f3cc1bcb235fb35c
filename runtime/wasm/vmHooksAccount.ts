import { hashToBytes } from "../types/hash.ts";
import type { GuestFrame } from "./guestFrame.ts";
import type { HookTable } from "./hook.ts";
import { HOOK_PRICES } from "./hookPrices.ts";

const { hook } = HOOK_PRICES;

/** Other accounts, and hashing. */
export const ACCOUNT_HOOKS: HookTable = {
  account_balance: {
    signature: "ii:",
    gas: hook,
    run: (frame: GuestFrame, account: number, target: number): undefined => {
      frame.writeNumber(target, frame.host.balance(frame.readAddress(account)));
    },
  },
  account_code: {
    signature: "iiii:i",
    gas: hook,
    run: (
      frame: GuestFrame,
      account: number,
      offset: number,
      size: number,
      target: number,
    ): number => {
      const code = frame.host.code(frame.readAddress(account));
      const start = offset >>> 0;
      const part = code.subarray(start, start + (size >>> 0));
      frame.write(target, part);
      return part.length;
    },
  },
  account_code_size: {
    signature: "i:i",
    gas: hook,
    run: (frame: GuestFrame, account: number): number =>
      frame.host.code(frame.readAddress(account)).length,
  },
  account_codehash: {
    signature: "ii:",
    gas: hook,
    run: (frame: GuestFrame, account: number, target: number): undefined => {
      frame.writeFixed(target, hashToBytes(frame.host.codeHash(frame.readAddress(account))));
    },
  },
  native_keccak256: {
    signature: "iii:",
    gas: hook + HOOK_PRICES.keccak,
    run: (frame: GuestFrame, pointer: number, length: number, target: number): undefined => {
      frame.writeFixed(target, frame.host.keccak256(frame.read(pointer, length)));
    },
  },
};
