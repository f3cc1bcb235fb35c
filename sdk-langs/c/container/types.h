/* Integers, byte strings of fixed length, and big-endian bytes. */
#ifndef DC_TYPES_H
#define DC_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint8_t bytes[20];
} address;

/* A storage slot, a stored value, a topic, a hash: 32 bytes, most significant first. */
typedef struct {
  uint8_t bytes[32];
} bytes32;

/* A view of memory that somebody else owns; laid out like Linux' and WASI's iovec. */
typedef struct {
  const void *data;
  size_t length;
} dc_bytes;

#define DC_STRING(literal) ((dc_bytes){(literal), sizeof(literal) - 1})

#define DC_NORETURN __attribute__((noreturn))

#if !__STDC_HOSTED__
/* Without libc the compiler still calls these three for copies of structures. */
#if defined(__clang__)
#define DC_NO_BUILTIN __attribute__((no_builtin("memcpy", "memset", "memcmp")))
#else
/* Else gcc sees a loop that copies bytes and turns it into a call of memcpy, that is, of itself. */
#define DC_NO_BUILTIN __attribute__((optimize("no-tree-loop-distribute-patterns")))
#endif

DC_NO_BUILTIN void *memcpy(void *to, const void *from, size_t length) {
  for (size_t i = 0; i < length; i++) ((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
  return to;
}

DC_NO_BUILTIN void *memset(void *to, int byte, size_t length) {
  for (size_t i = 0; i < length; i++) ((uint8_t *)to)[i] = (uint8_t)byte;
  return to;
}

DC_NO_BUILTIN int memcmp(const void *left, const void *right, size_t length) {
  for (size_t i = 0; i < length; i++) {
    int difference = ((const uint8_t *)left)[i] - ((const uint8_t *)right)[i];
    if (difference != 0) return difference;
  }
  return 0;
}
#endif

static inline void dc_copy(void *to, const void *from, size_t length) { __builtin_memcpy(to, from, length); }

static inline bool dc_equal(const void *left, const void *right, size_t length) {
  return __builtin_memcmp(left, right, length) == 0;
}

static inline size_t dc_length(const char *text) {
  size_t length = 0;
  while (text[length] != 0) length++;
  return length;
}

static inline void dc_put_be(uint8_t *to, uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; i--, value >>= 8) to[i] = (uint8_t)value;
}

static inline uint64_t dc_get_be(const uint8_t *from, int bytes) {
  uint64_t value = 0;
  for (int i = 0; i < bytes; i++) value = value << 8 | from[i];
  return value;
}

static inline bytes32 dc_number(uint64_t value) {
  bytes32 word = {{0}};
  dc_put_be(word.bytes + 24, value, 8);
  return word;
}

/* An address as topics, mapping keys and calldata carry it: the lower 20 of 32 bytes. */
static inline bytes32 dc_word(address account) {
  bytes32 word = {{0}};
  dc_copy(word.bytes + 12, account.bytes, 20);
  return word;
}

#endif
