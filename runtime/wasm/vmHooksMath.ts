import type { GuestFrame } from "./guestFrame.ts";
import type { Hook, HookTable } from "./hook.ts";
import { HOOK_PRICES, inkOf } from "./hookPrices.ts";

const { hook, mathDivide, mathModular, mathPowerByte } = HOOK_PRICES;
const BITS = 256;

/** Unsigned arithmetic on 256 bits with the EVM's answers (Yellow Paper, appendix H): by zero is zero. */
export const MATH_HOOKS: HookTable = {
  math_div: binary(mathDivide, (a, b) => (b === 0n ? 0n : a / b)),
  math_mod: binary(mathDivide, (a, b) => (b === 0n ? 0n : a % b)),
  math_pow: {
    signature: "ii:",
    gas: hook + mathDivide,
    run: (frame: GuestFrame, value: number, exponent: number): undefined => {
      const power = frame.readNumber(exponent);
      const bytes = Math.ceil(power.toString(16).length / 2);
      frame.host.meter.chargeInk(inkOf(mathPowerByte) * bytes);
      frame.writeNumber(value, wrappingPower(frame.readNumber(value), power));
    },
  },
  math_add_mod: ternary((a, b, modulus) => (a + b) % modulus),
  math_mul_mod: ternary((a, b, modulus) => (a * b) % modulus),
};

function binary(price: number, compute: (a: bigint, b: bigint) => bigint): Hook {
  return {
    signature: "ii:",
    gas: hook + price,
    run: (frame: GuestFrame, value: number, other: number): undefined => {
      frame.writeNumber(value, compute(frame.readNumber(value), frame.readNumber(other)));
    },
  };
}

function ternary(compute: (a: bigint, b: bigint, modulus: bigint) => bigint): Hook {
  return {
    signature: "iii:",
    gas: hook + mathModular,
    run: (frame: GuestFrame, value: number, other: number, modulus: number): undefined => {
      const m = frame.readNumber(modulus);
      const result = m === 0n ? 0n : compute(frame.readNumber(value), frame.readNumber(other), m);
      frame.writeNumber(value, result);
    },
  };
}

function wrappingPower(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = BigInt.asUintN(BITS, result * square);
    square = BigInt.asUintN(BITS, square * square);
  }
  return result;
}
