/* Its cause is cpuCount. */
#define _GNU_SOURCE
#include <sched.h>

#include "causes.h"

uint64_t workers(void) {
  cpu_set_t cpus;
  sched_getaffinity(0, sizeof cpus, &cpus);
  return (uint64_t)CPU_COUNT(&cpus);
}
