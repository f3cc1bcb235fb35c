/* Checked arithmetic with Solidity's panics; the plain operators wrap. */
#ifndef DELCHAIN_ARITHMETIC_H
#define DELCHAIN_ARITHMETIC_H

#include "result.h"

DC_FUNCTION void dc_add_words(u256 *sum, const u256 *a, const u256 *b) {
  *sum = *a + *b;
  if (*sum < *a) dc_panic(DC_PANIC_OVERFLOW);
}

DC_FUNCTION void dc_sub_words(u256 *difference, const u256 *a, const u256 *b) {
  if (*b > *a) dc_panic(DC_PANIC_OVERFLOW);
  *difference = *a - *b;
}

/* The host divides: a 256-bit division compiled into the contract is a kilobyte. */
DC_FUNCTION void dc_divide_words(u256 *quotient, u256 *rest, const u256 *a, const u256 *b) {
  if (*b == 0) dc_panic(DC_PANIC_DIVISION);
  uint8_t value[32], divisor[32];
  dc_swap_word(b, divisor);
  if (quotient) {
    dc_swap_word(a, value);
    vm_math_div(value, divisor);
    dc_swap_word(value, quotient);
  }
  if (rest) {
    dc_swap_word(a, value);
    vm_math_mod(value, divisor);
    dc_swap_word(value, rest);
  }
}

static inline u256 dc_add(u256 a, u256 b) {
  u256 sum;
  dc_add_words(&sum, &a, &b);
  return sum;
}

static inline u256 dc_sub(u256 a, u256 b) {
  u256 difference;
  dc_sub_words(&difference, &a, &b);
  return difference;
}

static inline u256 dc_div(u256 a, u256 b) {
  u256 quotient;
  dc_divide_words(&quotient, NULL, &a, &b);
  return quotient;
}

static inline u256 dc_mod(u256 a, u256 b) {
  u256 rest;
  dc_divide_words(NULL, &rest, &a, &b);
  return rest;
}

static inline u256 dc_mul(u256 a, u256 b) {
  const u256 product = a * b;
  if (a != 0 && dc_div(product, a) != b) dc_panic(DC_PANIC_OVERFLOW);
  return product;
}

#endif
