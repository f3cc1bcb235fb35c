/* Random numbers from the call's seed: the same on every host, and in every SDK (sdk-langs/abi/random.json). */
#ifndef DC_RANDOM_H
#define DC_RANDOM_H

#include "abi.h"

/* One stream a call: what was drawn is not drawn again. Block n of it is keccak256("delchain.random" || seed || u64 n). */
static inline void dc_random_bytes(void *to, size_t length) {
  static bytes32 block;
  static uint64_t next;
  static size_t left;
  for (uint8_t *at = to; length > 0; length--) {
    if (left == 0) {
      uint8_t preimage[15 + 32 + 8] = "delchain.random";
      bytes32 seed = dc_seed();
      dc_copy(preimage + 15, seed.bytes, 32);
      dc_put_be(preimage + 47, next++, 8);
      block = dc_keccak256((dc_bytes){preimage, sizeof preimage});
      left = sizeof block.bytes;
    }
    *at++ = block.bytes[sizeof block.bytes - left--];
  }
}

static inline u256 dc_random_u256(void) {
  uint8_t word[32];
  dc_random_bytes(word, sizeof word);
  return dc_from_word(word);
}

/* 0 to `bound` - 1, each as likely as any other: draws beyond the last whole multiple of the bound are drawn again. */
static inline u256 dc_random_below(u256 bound) {
  if (dc_is_zero(bound)) dc_revert("a random number below 0");
  u256 max, one = dc_u256(1);
  dc_sub_overflows(dc_u256(0), one, &max);
  u256 last = dc_sub(max, dc_mod(dc_add(dc_mod(max, bound), one), bound));
  for (;;) {
    u256 drawn = dc_random_u256();
    if (dc_compare(drawn, last) <= 0) return dc_mod(drawn, bound);
  }
}

#endif
