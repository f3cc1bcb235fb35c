/*
 * DelChain's SDK for container contracts in C: headers only, no library, not even libc. CONTAINER.md shows a token.
 *
 *   DC_CONTRACT(
 *     DC_METHOD(0xa9059cbb, transfer, "function transfer(address to, uint256 amount) returns (bool)")
 *   )
 *
 * Every call runs in a process of its own: what it leaves in memory is gone afterwards, what it stores stays. Built
 * for Linux the program is a launcher that forks for each call; built for wasm32 it is a WASI command that takes one
 * call and ends. The protocol is runtime/container/PROTOCOL.md, version 1.
 */
#ifndef DELCHAIN_CONTAINER_H
#define DELCHAIN_CONTAINER_H

#include "container/types.h"
#include "container/u256.h"
#include "container/keccak.h"
#if defined(__wasm__)
#include "container/wasi.h"
#elif defined(__linux__) && defined(__x86_64__)
#include "container/linux.h"
#else
#error "container contracts are built for linux/amd64 and wasi/wasm"
#endif
#include "container/frames.h"
#include "container/context.h"
#include "container/host.h"
#include "container/range.h"
#include "container/abi.h"
#include "container/random.h"
#include "container/method.h"
#include "container/launcher.h"

#endif
