/* 256-bit unsigned integers on four 64-bit limbs: gcc 12 has no _BitInt. */
#ifndef DC_U256_H
#define DC_U256_H

#include "types.h"

/* limb[0] is the lowest. */
typedef struct {
  uint64_t limb[4];
} u256;

static inline u256 dc_u256(uint64_t value) { return (u256){{value, 0, 0, 0}}; }

static inline u256 dc_from_word(const uint8_t *word) {
  u256 value;
  for (int i = 0; i < 4; i++) value.limb[i] = dc_get_be(word + 24 - 8 * i, 8);
  return value;
}

static inline bytes32 dc_to_word(u256 value) {
  bytes32 word;
  for (int i = 0; i < 4; i++) dc_put_be(word.bytes + 24 - 8 * i, value.limb[i], 8);
  return word;
}

/* Below zero, zero or above zero. */
static inline int dc_compare(u256 left, u256 right) {
  for (int i = 3; i >= 0; i--) {
    if (left.limb[i] != right.limb[i]) return left.limb[i] < right.limb[i] ? -1 : 1;
  }
  return 0;
}

static inline bool dc_is_zero(u256 value) {
  return (value.limb[0] | value.limb[1] | value.limb[2] | value.limb[3]) == 0;
}

/* `*sum` is left + right modulo 2^256; true when it passed 2^256. */
static inline bool dc_add_overflows(u256 left, u256 right, u256 *sum) {
  bool carry = false;
  for (int i = 0; i < 4; i++) {
    uint64_t partial;
    bool first = __builtin_add_overflow(left.limb[i], right.limb[i], &partial);
    bool second = __builtin_add_overflow(partial, (uint64_t)carry, &sum->limb[i]);
    carry = first | second;
  }
  return carry;
}

/* `*difference` is left - right modulo 2^256; true when it fell below zero. */
static inline bool dc_sub_overflows(u256 left, u256 right, u256 *difference) {
  bool borrow = false;
  for (int i = 0; i < 4; i++) {
    uint64_t partial;
    bool first = __builtin_sub_overflow(left.limb[i], right.limb[i], &partial);
    bool second = __builtin_sub_overflow(partial, (uint64_t)borrow, &difference->limb[i]);
    borrow = first | second;
  }
  return borrow;
}

static inline u256 dc_wrapping_add(u256 left, u256 right) {
  u256 sum;
  dc_add_overflows(left, right, &sum);
  return sum;
}

static inline u256 dc_wrapping_sub(u256 left, u256 right) {
  u256 difference;
  dc_sub_overflows(left, right, &difference);
  return difference;
}

/* `*product` is left * right modulo 2^256; true when it passed 2^256. By 32-bit digits, whose products fit 64 bits. */
static inline bool dc_mul_overflows(u256 left, u256 right, u256 *product) {
  uint32_t a[8], b[8], digits[16] = {0};
  dc_copy(a, &left, 32);
  dc_copy(b, &right, 32);
  for (int i = 0; i < 8; i++) {
    uint64_t carry = 0;
    for (int j = 0; j < 8; j++) {
      carry += (uint64_t)a[i] * b[j] + digits[i + j];
      digits[i + j] = (uint32_t)carry;
      carry >>= 32;
    }
    digits[i + 8] = (uint32_t)carry;
  }
  dc_copy(product, digits, 32);
  for (int i = 8; i < 16; i++) {
    if (digits[i] != 0) return true;
  }
  return false;
}

static inline u256 dc_wrapping_mul(u256 left, u256 right) {
  u256 product;
  dc_mul_overflows(left, right, &product);
  return product;
}

/* Long division bit by bit, which is short; the divisor is not zero. */
static inline void dc_divide(u256 value, u256 divisor, u256 *quotient, u256 *rest) {
  *quotient = *rest = dc_u256(0);
  for (int bit = 255; bit >= 0; bit--) {
    /* The bit that leaves the rest counts: a rest of 2^256 and more is above every divisor. */
    const bool carry = rest->limb[3] >> 63;
    dc_add_overflows(*rest, *rest, rest);
    rest->limb[0] |= value.limb[bit / 64] >> bit % 64 & 1;
    if (carry || dc_compare(*rest, divisor) >= 0) {
      dc_sub_overflows(*rest, divisor, rest);
      quotient->limb[bit / 64] |= (uint64_t)1 << bit % 64;
    }
  }
}

/* Of a signed integer in two's complement. */
static inline u256 dc_signed(int64_t value) {
  const uint64_t fill = value < 0 ? UINT64_MAX : 0;
  return (u256){{(uint64_t)value, fill, fill, fill}};
}

static inline uint64_t dc_low64(u256 value) { return value.limb[0]; }
static inline bool dc_fits64(u256 value) { return (value.limb[1] | value.limb[2] | value.limb[3]) == 0; }

/* The word's bytes, most significant first. */
static inline void dc_put_word(uint8_t *word, u256 value) {
  for (int i = 0; i < 4; i++) dc_put_be(word + 24 - 8 * i, value.limb[i], 8);
}
/* Between a word and a `u256` in memory, either way. */
static inline void dc_swap_word(const void *from, void *to) {
  uint64_t limb[4], swapped[4];
  dc_copy(limb, from, 32);
  for (int i = 0; i < 4; i++) swapped[3 - i] = __builtin_bswap64(limb[i]);
  dc_copy(to, swapped, 32);
}

/* An address as topics, mapping keys and calldata carry it: the lower 20 of 32 bytes. */
static inline u256 dc_word(address account) {
  uint8_t word[32] = {0};
  dc_copy(word + 12, account.bytes, 20);
  return dc_from_word(word);
}

static inline address dc_to_address(u256 value) {
  uint8_t word[32];
  dc_put_word(word, value);
  address account;
  dc_copy(account.bytes, word + 12, 20);
  return account;
}

static inline bool dc_same(address a, address b) { return dc_equal(a.bytes, b.bytes, 20); }

#endif
