// A short loop on registers alone: the metering's worst ratio of checks to work.
__attribute__((export_name("run"))) unsigned run(unsigned limit) {
  unsigned longest = 0, best = 0;
  for (unsigned start = 1; start < limit; start++) {
    unsigned long long n = start;
    unsigned steps = 0;
    while (n != 1) {
      n = n & 1 ? 3 * n + 1 : n >> 1;
      steps++;
    }
    if (steps > longest) longest = steps, best = start;
  }
  return best;
}
