// 64-bit logic on a state that lies in memory (FIPS 202, keccak-f[1600]).
typedef unsigned long long u64;

static const u64 ROUND[24] = {
    0x0000000000000001ULL, 0x0000000000008082ULL, 0x800000000000808aULL, 0x8000000080008000ULL,
    0x000000000000808bULL, 0x0000000080000001ULL, 0x8000000080008081ULL, 0x8000000000008009ULL,
    0x000000000000008aULL, 0x0000000000000088ULL, 0x0000000080008009ULL, 0x000000008000000aULL,
    0x000000008000808bULL, 0x800000000000008bULL, 0x8000000000008089ULL, 0x8000000000008003ULL,
    0x8000000000008002ULL, 0x8000000000000080ULL, 0x000000000000800aULL, 0x800000008000000aULL,
    0x8000000080008081ULL, 0x8000000000008080ULL, 0x0000000080000001ULL, 0x8000000080008008ULL};
static const int OFFSET[24] = {1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                               27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44};
static const int LANE[24] = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                             15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};

static u64 rotate(u64 x, int n) { return (x << n) | (x >> (64 - n)); }

static void permute(u64 *s) {
  u64 c[5];
  for (int round = 0; round < 24; round++) {
    for (int i = 0; i < 5; i++) c[i] = s[i] ^ s[i + 5] ^ s[i + 10] ^ s[i + 15] ^ s[i + 20];
    for (int i = 0; i < 5; i++) {
      u64 t = c[(i + 4) % 5] ^ rotate(c[(i + 1) % 5], 1);
      for (int j = 0; j < 25; j += 5) s[j + i] ^= t;
    }
    u64 t = s[1];
    for (int i = 0; i < 24; i++) {
      u64 next = s[LANE[i]];
      s[LANE[i]] = rotate(t, OFFSET[i]);
      t = next;
    }
    for (int j = 0; j < 25; j += 5) {
      for (int i = 0; i < 5; i++) c[i] = s[j + i];
      for (int i = 0; i < 5; i++) s[j + i] = c[i] ^ (~c[(i + 1) % 5] & c[(i + 2) % 5]);
    }
    s[0] ^= ROUND[round];
  }
}

__attribute__((export_name("run"))) unsigned run(unsigned rounds) {
  static u64 state[25];
  for (int i = 0; i < 25; i++) state[i] = i;
  for (unsigned n = 0; n < rounds; n++) permute(state);
  return (unsigned)state[0];
}
