/* The SDK of the tier that is compiled for, for a contract that one source is in both: `dc_add`, not `+`. */
#ifndef DC_CONTRACT_H
#define DC_CONTRACT_H

#if defined(__linux__) || defined(DC_WASI_COMMAND)
#include "container.h"
#else
#include "delchain.h"
#endif

#endif
