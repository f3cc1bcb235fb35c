// Times a kernel compiled for this machine: native ARGUMENT REPEATS -> least CPU milliseconds of a run, and its result.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

unsigned run(unsigned);

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  unsigned argument = (unsigned)strtoul(argv[1], 0, 10), result = 0;
  double least = 1e99;
  for (int i = 0; i < atoi(argv[2]); i++) {
    struct timespec begin, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    result = run(argument);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    double ms = (end.tv_sec - begin.tv_sec) * 1e3 + (end.tv_nsec - begin.tv_nsec) / 1e6;
    if (ms < least) least = ms;
  }
  printf("%.6f %u\n", least, result);
}
