/* Keccak-256 as Ethereum uses it: the Keccak team's padding 0x01, not SHA-3's 0x06 (Yellow Paper, appendix B). */
#ifndef DC_KECCAK_H
#define DC_KECCAK_H

#include "types.h"

/* 200 bytes of state less twice the 32 bytes of the hash. */
#define DC_KECCAK_RATE 136

static inline uint64_t dc_rotate_left(uint64_t value, int by) {
  return by == 0 ? value : value << by | value >> (64 - by);
}

/* Keccak-f[1600]: FIPS 202, section 3.3. The round constants come from its LFSR (section 3.2.5). */
static void dc_keccak_permute(uint64_t lane[25]) {
  uint8_t lfsr = 1;
  for (int round = 0; round < 24; round++) {
    uint64_t column[5];
    for (int x = 0; x < 5; x++) {
      column[x] = lane[x] ^ lane[x + 5] ^ lane[x + 10] ^ lane[x + 15] ^ lane[x + 20];
    }
    for (int x = 0; x < 5; x++) {
      uint64_t mixed = column[(x + 4) % 5] ^ dc_rotate_left(column[(x + 1) % 5], 1);
      for (int y = 0; y < 25; y += 5) lane[x + y] ^= mixed;
    }
    /* rho and pi walk one cycle through all lanes but the first. */
    int x = 1, y = 0;
    uint64_t carried = lane[1];
    for (int step = 0; step < 24; step++) {
      int next = (2 * x + 3 * y) % 5;
      x = y;
      y = next;
      uint64_t replaced = lane[x + 5 * y];
      lane[x + 5 * y] = dc_rotate_left(carried, (step + 1) * (step + 2) / 2 % 64);
      carried = replaced;
    }
    for (int row = 0; row < 25; row += 5) {
      uint64_t before[5];
      for (int i = 0; i < 5; i++) before[i] = lane[row + i];
      for (int i = 0; i < 5; i++) lane[row + i] = before[i] ^ (~before[(i + 1) % 5] & before[(i + 2) % 5]);
    }
    for (int bit = 0; bit < 7; bit++) {
      if (lfsr & 1) lane[0] ^= (uint64_t)1 << ((1 << bit) - 1);
      lfsr = (uint8_t)(lfsr << 1 ^ (lfsr >> 7) * 0x71);
    }
  }
}

static void dc_keccak_absorb(uint64_t lane[25], const uint8_t block[DC_KECCAK_RATE]) {
  for (int i = 0; i < DC_KECCAK_RATE; i++) lane[i / 8] ^= (uint64_t)block[i] << 8 * (i % 8);
  dc_keccak_permute(lane);
}

static inline bytes32 dc_keccak256(dc_bytes data) {
  const uint8_t *bytes = data.data;
  size_t length = data.length;
  uint64_t lane[25] = {0};
  for (; length >= DC_KECCAK_RATE; length -= DC_KECCAK_RATE, bytes += DC_KECCAK_RATE) {
    dc_keccak_absorb(lane, bytes);
  }
  uint8_t last[DC_KECCAK_RATE] = {0};
  dc_copy(last, bytes, length);
  last[length] = 0x01;
  last[DC_KECCAK_RATE - 1] |= 0x80;
  dc_keccak_absorb(lane, last);
  bytes32 hash;
  for (int i = 0; i < 32; i++) hash.bytes[i] = (uint8_t)(lane[i / 8] >> 8 * (i % 8));
  return hash;
}

#endif
