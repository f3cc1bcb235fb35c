/* Its cause is network: no socket for the internet can be made, and the program says which error it met. */
#include <errno.h>
#include <sys/socket.h>

#include "causes.h"

uint64_t outside(void) { return socket(AF_INET, SOCK_STREAM, 0) < 0 ? (uint64_t)errno : 0; }
