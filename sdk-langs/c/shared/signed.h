/* Solidity's `int256` in two's complement on a `u256`: checked as Solidity checks it. */
#ifndef DC_SHARED_SIGNED_H
#define DC_SHARED_SIGNED_H

static inline bool dc_is_negative(u256 value) {
  uint8_t word[32];
  dc_put_word(word, value);
  return (word[0] & 0x80) != 0;
}

static inline u256 dc_negated(u256 value) { return dc_wrapping_sub(dc_u256(0), value); }

/* Panics for the one value that has no positive. */
static inline u256 dc_magnitude(u256 value) { return dc_is_negative(value) ? dc_negated(value) : value; }

DC_FUNCTION u256 dc_signed_add(u256 a, u256 b) {
  const u256 sum = dc_wrapping_add(a, b);
  if (dc_is_negative(a) == dc_is_negative(b) && dc_is_negative(sum) != dc_is_negative(a)) dc_panic(DC_PANIC_OVERFLOW);
  return sum;
}

DC_FUNCTION u256 dc_signed_sub(u256 a, u256 b) {
  const u256 difference = dc_wrapping_sub(a, b);
  if (dc_is_negative(a) != dc_is_negative(b) && dc_is_negative(difference) != dc_is_negative(a)) {
    dc_panic(DC_PANIC_OVERFLOW);
  }
  return difference;
}

/* `magnitude` with the sign that a product or a quotient has. */
static inline u256 dc_with_sign(u256 magnitude, bool negative) {
  const u256 value = negative ? dc_negated(magnitude) : magnitude;
  if (!dc_is_zero(value) && dc_is_negative(value) != negative) dc_panic(DC_PANIC_OVERFLOW);
  return value;
}

DC_FUNCTION u256 dc_signed_mul(u256 a, u256 b) {
  return dc_with_sign(dc_mul(dc_magnitude(a), dc_magnitude(b)), dc_is_negative(a) != dc_is_negative(b));
}

/* Towards zero, like Solidity's. */
DC_FUNCTION u256 dc_signed_div(u256 a, u256 b) {
  return dc_with_sign(dc_div(dc_magnitude(a), dc_magnitude(b)), dc_is_negative(a) != dc_is_negative(b));
}

/* The sign is the dividend's. */
DC_FUNCTION u256 dc_signed_mod(u256 a, u256 b) {
  return dc_with_sign(dc_mod(dc_magnitude(a), dc_magnitude(b)), dc_is_negative(a));
}

/* Below zero, zero or above zero. */
static inline int dc_signed_compare(u256 a, u256 b) {
  if (dc_is_negative(a) != dc_is_negative(b)) return dc_is_negative(a) ? -1 : 1;
  return dc_compare(a, b);
}

#endif
