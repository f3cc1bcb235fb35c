// Byte stores at a stride.
#define LIMIT_MAX 1048576

static unsigned char composite[LIMIT_MAX];

__attribute__((export_name("run"))) unsigned run(unsigned limit) {
  for (unsigned i = 0; i < limit; i++) composite[i] = 0;
  unsigned count = 0;
  for (unsigned i = 2; i < limit; i++) {
    if (composite[i]) continue;
    count++;
    for (unsigned j = i * 2; j < limit; j += i) composite[j] = 1;
  }
  return count;
}
