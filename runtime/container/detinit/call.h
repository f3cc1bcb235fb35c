/*
 * What the host says about the running call: a record in the file `call` beside its socket (PROTOCOL.md, "Strict
 * determinism"). The host writes it before it sends CALL, so whatever the contract does after its CALL finds it there.
 */
#ifndef DETINIT_CALL_H
#define DETINIT_CALL_H

#include "system.h"

/* Big-endian. `exchange` stands at both ends, so that half a record is told from a whole one. */
struct call_record {
  uint8_t exchange[8], timestamp[8], seed[32], last_exchange[8];
};

/* The time before the first call, 2020-01-01, and the moment from which the machine is said to be running. */
#define START_SECONDS 1577836800ULL
#define PERTURBED_SECONDS (366 * 86400 + 12345)
#define NANOSECONDS 1000000000ULL

static volatile const struct call_record *record;

static struct {
  uint64_t exchange;
  uint64_t seconds;
  uint8_t seed[32];
} call = {.seconds = START_SECONDS};

/* Which promises are broken on purpose (perturbation.ts). */
static struct {
  bool time, random, pid, directory_order, cpu_count, memory_layout;
} perturbed;

static uint64_t big_endian(const volatile uint8_t *bytes) {
  uint64_t value = 0;
  for (int i = 0; i < 8; i++) value = value << 8 | bytes[i];
  return value;
}

static void read_perturbations(const char *names) {
  perturbed.time = contains(names, "time,");
  perturbed.random = contains(names, "random,");
  perturbed.pid = contains(names, "pid,");
  perturbed.directory_order = contains(names, "directoryOrder,");
  perturbed.cpu_count = contains(names, "cpuCount,");
  perturbed.memory_layout = contains(names, "memoryLayout,");
  // Programs ask before their first call too, and keep what they were told.
  if (perturbed.time) call.seconds += PERTURBED_SECONDS;
  if (perturbed.random) call.seed[0] ^= 0xff;
}

static void open_record(const char *path) {
  enum { READ_ONLY = 0, CLOSE_ON_EXEC = 02000000, PROT_READ = 1, MAP_SHARED = 1 };
  long file = must("opening the call's record", CALL(__NR_open, path, READ_ONLY | CLOSE_ON_EXEC));
  long at = CALL(__NR_mmap, 0, sizeof *record, PROT_READ, MAP_SHARED, file, 0);
  record = (volatile const struct call_record *)must("mapping the call's record", at);
  CALL(__NR_close, file);
}

/* Whether another call has begun since the last time; `call` is the new one then. */
static bool take_record(void) {
  uint64_t exchange = big_endian(record->exchange);
  if (exchange == call.exchange || big_endian(record->last_exchange) != exchange) return false;
  call.exchange = exchange;
  call.seconds = big_endian(record->timestamp) + (perturbed.time ? PERTURBED_SECONDS : 0);
  for (size_t i = 0; i < sizeof call.seed; i++) call.seed[i] = record->seed[i];
  if (perturbed.random) call.seed[0] ^= 0xff;
  return true;
}

#endif
