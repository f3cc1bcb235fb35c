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
/* Of a part that both tiers share; here the compiler decides what to inline. */
#define DC_FUNCTION static __attribute__((unused))

/* What a call may allocate. It is never freed: a process lives for one call. */
#ifndef DC_MEMORY_BYTES
#define DC_MEMORY_BYTES (4 * 1024 * 1024)
#endif

#if !__STDC_HOSTED__
/* Without libc the compiler still calls these for copies, also for loops that it takes for one. */
#if defined(__clang__)
#define DC_NO_BUILTIN __attribute__((no_builtin("memcpy", "memmove", "memset", "memcmp")))
#else
/* Else gcc sees a loop that copies bytes and turns it into a call of memcpy, that is, of itself. */
#define DC_NO_BUILTIN __attribute__((optimize("no-tree-loop-distribute-patterns")))
#endif

DC_NO_BUILTIN void *memcpy(void *to, const void *from, size_t length) {
  for (size_t i = 0; i < length; i++) ((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
  return to;
}

DC_NO_BUILTIN void *memmove(void *to, const void *from, size_t length) {
  uint8_t *target = to;
  const uint8_t *source = from;
  if (target <= source) {
    for (size_t i = 0; i < length; i++) target[i] = source[i];
  } else {
    for (size_t i = length; i > 0; i--) target[i - 1] = source[i - 1];
  }
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

static inline size_t dc_padded(size_t length) { return (length + 31) & ~(size_t)31; }

/* Zeroed memory that lives as long as the call. Traps, which halts the call, when DC_MEMORY_BYTES are used up. */
static inline void *dc_allocate(size_t length) {
  static uint8_t memory[DC_MEMORY_BYTES] __attribute__((aligned(16)));
  static size_t used;
  if (length > DC_MEMORY_BYTES - used) __builtin_trap();
  void *start = memory + used;
  const size_t next = used + ((length + 15) & ~(size_t)15);
  used = next < DC_MEMORY_BYTES ? next : DC_MEMORY_BYTES;
  return start;
}

#endif
