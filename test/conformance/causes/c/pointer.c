/* Its cause is memoryLayout. */
#include "causes.h"

uint64_t pointer(void) {
  volatile char local = 0;
  return (uint64_t)(uintptr_t)&local;
}
