/* Its cause is threadTiming: two threads count together, and what each has read meanwhile is lost. */
#include <pthread.h>

#include "causes.h"

static volatile uint64_t counter;

static void *count(void *unused) {
  for (int i = 0; i < 40000000; i++) counter++;
  return unused;
}

uint64_t race(void) {
  pthread_t threads[2];
  for (int i = 0; i < 2; i++) pthread_create(&threads[i], 0, count, 0);
  for (int i = 0; i < 2; i++) pthread_join(threads[i], 0);
  return counter;
}
