/* Random numbers of a thread in a call: ChaCha20 (D. J. Bernstein, 2008) keyed by the call's seed. */
#ifndef DETINIT_RANDOM_H
#define DETINIT_RANDOM_H

#include "call.h"

enum { RANDOM_BLOCK = 64 };

static uint32_t rotate(uint32_t value, int bits) { return value << bits | value >> (32 - bits); }

static void quarter_round(uint32_t *s, int a, int b, int c, int d) {
  s[a] += s[b], s[d] = rotate(s[d] ^ s[a], 16);
  s[c] += s[d], s[b] = rotate(s[b] ^ s[c], 12);
  s[a] += s[b], s[d] = rotate(s[d] ^ s[a], 8);
  s[c] += s[d], s[b] = rotate(s[b] ^ s[c], 7);
}

/* Block `counter` of the stream that `stream` names. */
static void random_block(uint8_t *to, uint64_t stream, uint64_t counter) {
  uint32_t start[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}, state[16];
  memcpy(start + 4, call.seed, sizeof call.seed);
  memcpy(start + 12, &counter, 8);
  memcpy(start + 14, &stream, 8);
  memcpy(state, start, sizeof state);
  for (int i = 0; i < 10; i++) {
    for (int column = 0; column < 4; column++) quarter_round(state, column, column + 4, column + 8, column + 12);
    for (int line = 0; line < 4; line++)
      quarter_round(state, line, 4 + (line + 1) % 4, 8 + (line + 2) % 4, 12 + (line + 3) % 4);
  }
  for (int i = 0; i < 16; i++) state[i] += start[i];
  memcpy(to, state, RANDOM_BLOCK);
}

#endif
