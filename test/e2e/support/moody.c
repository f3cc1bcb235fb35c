#include "container.h"

/* A contract with one method for each way that a container's call can end. */

DC_VALUE(count, 0)

/* The processor's cycle counter: nothing that replicas could agree on. */
static void read_clock(void) {
  uint32_t low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  dc_result_u256(dc_u256((uint64_t)high << 32 | low));
}

static void spin(void) {
  for (;;) __asm__ volatile("");
}

static void crash(void) { __builtin_trap(); }

static void count_up(void) {
  dc_store(count(), dc_add(dc_load(count()), dc_u256(1)));
  dc_result_u256(dc_load(count()));
}

static void refuse(void) {
  dc_store(count(), dc_u256(99));
  dc_revert("not today");
}

/* Static memory lives as long as the launcher; a call must not see what another one left there. */
static uint64_t remembered;

static void remember(void) { dc_result_u256(dc_u256(++remembered)); }

static void received(void) { dc_result_u256(dc_value()); }

/* What a new version does before anybody calls it: the rest of the calls see what it leaves. */
static void migrate(void) {
  dc_store(count(), dc_add(dc_load(count()), dc_u256(1000)));
  dc_result((dc_bytes){0, 0});
}

static void tell(void) {
  dc_debug(DC_STRING("from a container"));
  dc_result((dc_bytes){0, 0});
}

DC_CONTRACT(
  DC_METHOD(0x91ddadf4, read_clock, "function clock() returns (uint256)")
  DC_METHOD(0xf0acd7d5, spin, "function spin()")
  DC_METHOD(0x366e539e, crash, "function crash()")
  DC_METHOD(0x06661abd, count_up, "function count() returns (uint256)")
  DC_METHOD(0x62c69b80, refuse, "function refuse()")
  DC_METHOD(0xf4049769, migrate, "function delchain_migrate()")
  DC_METHOD(0x5ac687a8, remember, "function remember() returns (uint256)")
  DC_METHOD(0x53d700e5, tell, "function tell()")
  DC_PAYABLE_METHOD(0x83a6deb5, received, "function received() payable returns (uint256)")
)
