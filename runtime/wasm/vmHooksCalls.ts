import type { NestedCall, NestedOutcome } from "../host/api.ts";
import { ZERO_ADDRESS } from "../types/address.ts";
import type { GuestFrame } from "./guestFrame.ts";
import type { HookTable } from "./hook.ts";
import { HOOK_PRICES } from "./hookPrices.ts";

const { hook } = HOOK_PRICES;

/** What calls answer: 0 for success. */
const CALL_STATUS: Readonly<Record<NestedOutcome["status"], number>> = {
  success: 0,
  revert: 1,
  halt: 2,
};

/** Calls, creations and what they return. */
export const CALL_HOOKS: HookTable = {
  call_contract: {
    signature: "iiiiIi:i",
    gas: hook,
    run: (
      frame: GuestFrame,
      to: number,
      input: number,
      inputLength: number,
      value: number,
      gas: bigint,
      returnLength: number,
    ): number =>
      call(frame, "call", { to, input, inputLength, gas, returnLength }, frame.readNumber(value)),
  },
  delegate_call_contract: {
    signature: "iiiIi:i",
    gas: hook,
    run: (
      frame: GuestFrame,
      to: number,
      input: number,
      inputLength: number,
      gas: bigint,
      returnLength: number,
    ): number => call(frame, "delegate", { to, input, inputLength, gas, returnLength }, 0n),
  },
  static_call_contract: {
    signature: "iiiIi:i",
    gas: hook,
    run: (
      frame: GuestFrame,
      to: number,
      input: number,
      inputLength: number,
      gas: bigint,
      returnLength: number,
    ): number => call(frame, "static", { to, input, inputLength, gas, returnLength }, 0n),
  },
  create1: {
    signature: "iiiii:",
    gas: hook,
    run: (
      frame: GuestFrame,
      code: number,
      codeLength: number,
      value: number,
      created: number,
      revertLength: number,
    ): undefined => create(frame, { code, codeLength, value, created, revertLength }, undefined),
  },
  create2: {
    signature: "iiiiii:",
    gas: hook,
    run: (
      frame: GuestFrame,
      code: number,
      codeLength: number,
      value: number,
      salt: number,
      created: number,
      revertLength: number,
    ): undefined =>
      create(frame, { code, codeLength, value, created, revertLength }, frame.readWord(salt)),
  },
  read_return_data: {
    signature: "iii:i",
    gas: hook,
    run: (frame: GuestFrame, target: number, offset: number, size: number): number => {
      // The part that exists is copied; asking beyond it is no fault (unlike RETURNDATACOPY).
      const start = offset >>> 0;
      const part = frame.returnData.subarray(start, start + (size >>> 0));
      if (part.length > 0) frame.write(target, part);
      return part.length;
    },
  },
  return_data_size: {
    signature: ":i",
    gas: hook,
    run: (frame: GuestFrame): number => frame.returnData.length,
  },
};

type CallArguments = {
  readonly to: number;
  readonly input: number;
  readonly inputLength: number;
  readonly gas: bigint;
  readonly returnLength: number;
};

function call(
  frame: GuestFrame,
  kind: NestedCall["kind"],
  { to, input, inputLength, gas, returnLength }: CallArguments,
  value: bigint,
): number {
  const wanted = Number(BigInt.asUintN(64, gas));
  const outcome = frame.host.call({
    kind,
    to: frame.readAddress(to),
    value,
    // All that is left, at most; the host keeps a 64th of it back (EIP-150).
    gas: Math.min(wanted, frame.host.meter.gas),
    input: frame.read(input, inputLength),
  });
  frame.returnData = outcome.output;
  frame.writeU32(returnLength, outcome.output.length);
  return CALL_STATUS[outcome.status];
}

type CreateArguments = {
  readonly code: number;
  readonly codeLength: number;
  readonly value: number;
  readonly created: number;
  readonly revertLength: number;
};

function create(
  frame: GuestFrame,
  { code, codeLength, value, created, revertLength }: CreateArguments,
  salt: Uint8Array | undefined,
): undefined {
  const outcome = frame.host.create({
    value: frame.readNumber(value),
    initCode: frame.read(code, codeLength),
    salt,
  });
  frame.returnData = outcome.output;
  frame.writeU32(revertLength, outcome.output.length);
  frame.writeAddress(created, outcome.created ?? ZERO_ADDRESS);
}
