import { math_div, math_mod } from "./host";
import { PANIC_DIVISION, PANIC_OVERFLOW, panic } from "./revert";

/**
 * Solidity's `uint256`: four 64-bit limbs, least significant first. Values never change, so they may be shared.
 * `+ - * / %` are checked and revert with Solidity's panics; the `wrapping…` functions are modulo 2^256.
 */
export class u256 {
  constructor(
    private limb0: u64 = 0,
    private limb1: u64 = 0,
    private limb2: u64 = 0,
    private limb3: u64 = 0,
  ) {}

  static get ZERO(): u256 {
    return new u256();
  }

  static get MAX(): u256 {
    return new u256(u64.MAX_VALUE, u64.MAX_VALUE, u64.MAX_VALUE, u64.MAX_VALUE);
  }

  static wrappingAdd(a: u256, b: u256): u256 {
    const limb0 = a.limb0 + b.limb0;
    let carry = u64(limb0 < a.limb0);
    // A limb of all ones plus the carry is zero again: the second comparison sees it.
    let sum = a.limb1 + b.limb1;
    const limb1 = sum + carry;
    carry = u64(sum < a.limb1) | u64(limb1 < sum);
    sum = a.limb2 + b.limb2;
    const limb2 = sum + carry;
    carry = u64(sum < a.limb2) | u64(limb2 < sum);
    return new u256(limb0, limb1, limb2, a.limb3 + b.limb3 + carry);
  }

  static wrappingSub(a: u256, b: u256): u256 {
    let borrow = u64(a.limb0 < b.limb0);
    let difference = a.limb1 - b.limb1;
    const limb1 = difference - borrow;
    borrow = u64(a.limb1 < b.limb1) | u64(difference < borrow);
    difference = a.limb2 - b.limb2;
    const limb2 = difference - borrow;
    borrow = u64(a.limb2 < b.limb2) | u64(difference < borrow);
    return new u256(a.limb0 - b.limb0, limb1, limb2, a.limb3 - b.limb3 - borrow);
  }

  static wrappingMul(a: u256, b: u256): u256 {
    const product = new u256();
    multiply(a, b, product);
    return product;
  }

  @operator("+") static add(a: u256, b: u256): u256 {
    const sum = u256.wrappingAdd(a, b);
    if (u256.less(sum, a)) panic(PANIC_OVERFLOW);
    return sum;
  }

  @operator("-") static sub(a: u256, b: u256): u256 {
    if (u256.less(a, b)) panic(PANIC_OVERFLOW);
    return u256.wrappingSub(a, b);
  }

  @operator("*") static mul(a: u256, b: u256): u256 {
    const product = new u256();
    if (multiply(a, b, product)) panic(PANIC_OVERFLOW);
    return product;
  }

  @operator("/") static div(a: u256, b: u256): u256 {
    if (b.isZero()) panic(PANIC_DIVISION);
    const words = heap.alloc(64);
    a.storeWord(words);
    b.storeWord(words + 32);
    math_div(words, words + 32);
    const quotient = new u256();
    quotient.loadWord(words);
    return quotient;
  }

  @operator("%") static rem(a: u256, b: u256): u256 {
    if (b.isZero()) panic(PANIC_DIVISION);
    const words = heap.alloc(64);
    a.storeWord(words);
    b.storeWord(words + 32);
    math_mod(words, words + 32);
    const rest = new u256();
    rest.loadWord(words);
    return rest;
  }

  @operator("<") static less(a: u256, b: u256): bool {
    if (a.limb3 != b.limb3) return a.limb3 < b.limb3;
    if (a.limb2 != b.limb2) return a.limb2 < b.limb2;
    if (a.limb1 != b.limb1) return a.limb1 < b.limb1;
    return a.limb0 < b.limb0;
  }

  @operator(">") static greater(a: u256, b: u256): bool {
    return u256.less(b, a);
  }

  @operator("<=") static atMost(a: u256, b: u256): bool {
    return !u256.less(b, a);
  }

  @operator(">=") static atLeast(a: u256, b: u256): bool {
    return !u256.less(a, b);
  }

  @operator("==") static equal(a: u256, b: u256): bool {
    return (
      a.limb0 == b.limb0 && a.limb1 == b.limb1 && a.limb2 == b.limb2 && a.limb3 == b.limb3
    );
  }

  @operator("!=") static differ(a: u256, b: u256): bool {
    return !u256.equal(a, b);
  }

  /** Of a signed integer in two's complement: it is negative. */
  get highestBit(): bool {
    return this.limb3 >> 63 != 0;
  }

  static from(value: u64): u256 {
    return new u256(value);
  }

  isZero(): bool {
    return (this.limb0 | this.limb1 | this.limb2 | this.limb3) == 0;
  }

  /** The low 64 bits. */
  toU64(): u64 {
    return this.limb0;
  }

  /** 32 bytes, most significant first. */
  storeWord(to: usize): void {
    store<u64>(to, bswap(this.limb3));
    store<u64>(to, bswap(this.limb2), 8);
    store<u64>(to, bswap(this.limb1), 16);
    store<u64>(to, bswap(this.limb0), 24);
  }

  /** Used on a new value only. `false` for a word that is not of this type; every word is a `uint256`. */
  loadWord(from: usize): bool {
    this.limb3 = bswap(load<u64>(from));
    this.limb2 = bswap(load<u64>(from, 8));
    this.limb1 = bswap(load<u64>(from, 16));
    this.limb0 = bswap(load<u64>(from, 24));
    return true;
  }
}

/** Writes the low 256 bits of the product over `product`, which is zero; `true` when there are higher ones. */
function multiply(a: u256, b: u256, product: u256): bool {
  const left = changetype<usize>(a);
  const right = changetype<usize>(b);
  const to = changetype<usize>(product);
  let overflow = false;
  // By 32-bit digits, so that digit * digit + digit + carry fits 64 bits.
  for (let i = 0; i < 8; i++) {
    const digit = u64(load<u32>(left + (i << 2)));
    let carry: u64 = 0;
    if (digit == 0) continue;
    for (let j = 0; j < 8; j++) {
      const step = digit * u64(load<u32>(right + (j << 2))) + carry;
      if (i + j < 8) {
        const at = to + ((i + j) << 2);
        const sum = step + u64(load<u32>(at));
        store<u32>(at, u32(sum));
        carry = sum >> 32;
      } else {
        if (step != 0) overflow = true;
        carry = 0;
      }
    }
    if (carry != 0) overflow = true;
  }
  return overflow;
}
