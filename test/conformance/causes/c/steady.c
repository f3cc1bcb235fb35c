/* Has no cause. */
#include "causes.h"

uint64_t steady(void) { return number_of("steady"); }
