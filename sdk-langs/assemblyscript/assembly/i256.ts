import { PANIC_OVERFLOW, panic } from "./revert";
import { u256 } from "./u256";

/**
 * Solidity's `int256`, in two's complement. Values never change, so they may be shared. `+ - * / %` and the negation are
 * checked and revert with Solidity's panics; division rounds towards zero.
 */
export class i256 {
  constructor(readonly bits: u256 = new u256()) {}

  static from(value: i64): i256 {
    const fill: u64 = value < 0 ? u64.MAX_VALUE : 0;
    return new i256(new u256(u64(value), fill, fill, fill));
  }

  static get ZERO(): i256 {
    return new i256();
  }

  get isNegative(): bool {
    return this.bits.highestBit;
  }

  /** As a `uint256`, which has room for that of the smallest value too. */
  get magnitude(): u256 {
    return this.isNegative ? u256.wrappingSub(u256.ZERO, this.bits) : this.bits;
  }

  private static signed(magnitude: u256, isNegative: bool): i256 {
    const value = new i256(isNegative ? u256.wrappingSub(u256.ZERO, magnitude) : magnitude);
    if (!value.bits.isZero() && value.isNegative != isNegative) panic(PANIC_OVERFLOW);
    return value;
  }

  @operator("+") static add(a: i256, b: i256): i256 {
    const sum = new i256(u256.wrappingAdd(a.bits, b.bits));
    if (a.isNegative == b.isNegative && sum.isNegative != a.isNegative) panic(PANIC_OVERFLOW);
    return sum;
  }

  @operator("-") static sub(a: i256, b: i256): i256 {
    const difference = new i256(u256.wrappingSub(a.bits, b.bits));
    if (a.isNegative != b.isNegative && difference.isNegative != a.isNegative) panic(PANIC_OVERFLOW);
    return difference;
  }

  @operator("*") static mul(a: i256, b: i256): i256 {
    return i256.signed(a.magnitude * b.magnitude, a.isNegative != b.isNegative);
  }

  @operator("/") static div(a: i256, b: i256): i256 {
    return i256.signed(a.magnitude / b.magnitude, a.isNegative != b.isNegative);
  }

  /** The sign is the dividend's. */
  @operator("%") static rem(a: i256, b: i256): i256 {
    return i256.signed(a.magnitude % b.magnitude, a.isNegative);
  }

  @operator.prefix("-") negated(): i256 {
    return i256.sub(i256.ZERO, this);
  }

  @operator("<") static less(a: i256, b: i256): bool {
    return a.isNegative != b.isNegative ? a.isNegative : a.bits < b.bits;
  }

  @operator(">") static greater(a: i256, b: i256): bool {
    return i256.less(b, a);
  }

  @operator("<=") static atMost(a: i256, b: i256): bool {
    return !i256.less(b, a);
  }

  @operator(">=") static atLeast(a: i256, b: i256): bool {
    return !i256.less(a, b);
  }

  @operator("==") static equal(a: i256, b: i256): bool {
    return a.bits == b.bits;
  }

  @operator("!=") static differ(a: i256, b: i256): bool {
    return a.bits != b.bits;
  }

  /** 32 bytes, most significant first. */
  storeWord(to: usize): void {
    this.bits.storeWord(to);
  }

  /** Used on a new value only; every word is an `int256`. */
  loadWord(from: usize): bool {
    return this.bits.loadWord(from);
  }
}
