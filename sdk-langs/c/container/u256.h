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

#endif
