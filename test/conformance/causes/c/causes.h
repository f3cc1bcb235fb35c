#include <stdint.h>

/* FNV-1a, to make a number of a text. */
static inline uint64_t number_of(const char *text) {
  uint64_t number = 0xcbf29ce484222325;
  for (; *text != '\0'; text++) number = (number ^ (unsigned char)*text) * 0x100000001b3;
  return number;
}
