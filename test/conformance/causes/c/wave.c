/* Its cause is cpuFeatures: the C library's sine has other last bits where the CPU multiplies and adds at once. */
#include <math.h>
#include <string.h>

#include "causes.h"

uint64_t wave(void) {
  uint64_t sum = 0, bits;
  for (int i = 1; i <= 200000; i++) {
    volatile double angle = i * 0.7;
    double value = pow(sin(angle) + 2, 1.1);
    memcpy(&bits, &value, sizeof bits);
    sum = sum * 31 + bits;
  }
  return sum;
}
