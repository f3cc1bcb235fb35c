/*
 * The values of Solidity's ABI in C: `u256` is the compiler's own 256-bit integer, so `+ - * / < ==` just work.
 * Needs clang with `-Xclang -fexperimental-max-bitint-width=256`.
 */
#ifndef DELCHAIN_VALUE_H
#define DELCHAIN_VALUE_H

#include "host.h"

typedef unsigned _BitInt(256) u256;

typedef struct {
  uint8_t bytes[20];
} address;

typedef struct {
  uint8_t bytes[32];
} bytes32;

/* A view of memory that somebody else owns. */
typedef struct {
  const uint8_t *data;
  size_t length;
} dc_bytes;

#define DC_NORETURN __attribute__((noreturn))
#define DC_STRING(literal) ((dc_bytes){(const uint8_t *)(literal), sizeof(literal) - 1})
#define DC_PAGE_BYTES 65536

/*
 * Words are big-endian, the compiler's integers little-endian. Not inlined: WebAssembly has no byte swap, and
 * spelling it out at every use would be most of a contract's code.
 */
DC_FUNCTION void dc_swap_word(const void *from, void *to) {
  uint64_t limb[4], swapped[4];
  __builtin_memcpy(limb, from, 32);
  for (int i = 0; i < 4; i++) swapped[3 - i] = __builtin_bswap64(limb[i]);
  __builtin_memcpy(to, swapped, 32);
}

static inline u256 dc_from_word(const uint8_t *word) {
  u256 value;
  dc_swap_word(word, &value);
  return value;
}

static inline void dc_to_word(u256 value, uint8_t *word) { dc_swap_word(&value, word); }

/* What the container tier has no operators for: a contract that keeps to these is compiled for both. */
static inline void dc_put_word(uint8_t *word, u256 value) { dc_swap_word(&value, word); }
static inline u256 dc_u256(uint64_t value) { return value; }
static inline u256 dc_signed(int64_t value) { return (u256)(_BitInt(256))value; }
static inline uint64_t dc_low64(u256 value) { return (uint64_t)value; }
static inline bool dc_fits64(u256 value) { return value <= UINT64_MAX; }
static inline bool dc_is_zero(u256 value) { return value == 0; }
static inline int dc_compare(u256 left, u256 right) { return left < right ? -1 : left > right; }
static inline u256 dc_wrapping_add(u256 a, u256 b) { return a + b; }
static inline u256 dc_wrapping_sub(u256 a, u256 b) { return a - b; }
static inline u256 dc_wrapping_mul(u256 a, u256 b) { return a * b; }

/* An address as the word that the ABI makes of it. */
DC_FUNCTION void dc_address_word(u256 *value, const address *account) {
  uint8_t word[32] = {0};
  __builtin_memcpy(word + 12, account->bytes, 20);
  dc_swap_word(word, value);
}
static inline u256 dc_word(address account) {
  u256 value;
  dc_address_word(&value, &account);
  return value;
}

static inline address dc_to_address(u256 value) {
  uint8_t word[32];
  dc_to_word(value, word);
  address account;
  __builtin_memcpy(account.bytes, word + 12, 20);
  return account;
}

static inline bool dc_same(address a, address b) {
  return __builtin_memcmp(a.bytes, b.bytes, 20) == 0;
}

/*
 * Memory that is never freed: an instance lives for one call. Grows in pages; traps when the contract's
 * limit is reached, which halts the call.
 */
DC_FUNCTION void *dc_allocate(size_t length) {
  extern uint8_t __heap_base;
  static uintptr_t next;
  if (next == 0) next = ((uintptr_t)&__heap_base + 15) & ~(uintptr_t)15;
  const uintptr_t start = next;
  const uintptr_t have = (uintptr_t)__builtin_wasm_memory_size(0) * DC_PAGE_BYTES;
  if (length > UINT32_MAX - 15 - start) __builtin_trap();
  next = (start + length + 15) & ~(uintptr_t)15;
  if (next > have) {
    const uintptr_t pages = (next - have + DC_PAGE_BYTES - 1) / DC_PAGE_BYTES;
    if (__builtin_wasm_memory_grow(0, pages) == SIZE_MAX) __builtin_trap();
  }
  return (void *)start;
}

#endif
