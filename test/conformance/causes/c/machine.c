/* Its cause is hostname. */
#include <unistd.h>

#include "causes.h"

uint64_t machine(void) {
  char name[64] = "";
  gethostname(name, sizeof name - 1);
  return number_of(name);
}
