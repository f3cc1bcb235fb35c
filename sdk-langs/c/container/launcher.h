/* The program around the contract: finds the stream and gives every call a process of its own. */
#ifndef DC_LAUNCHER_H
#define DC_LAUNCHER_H

#include "abi.h"

/* The contract, made by DC_CONTRACT: runs the one call that has been received. */
DC_NORETURN static void dc_run(void);

#if defined(__wasm__)

__attribute__((export_name("_start"))) void dc_start(void) {
  dc_hello(0);
  dc_receive_call();
  dc_run();
}

#else

#include "scratch.h"

static const char *dc_environment(char **environment, const char *name) {
  size_t length = dc_length(name);
  for (; *environment != 0; environment++) {
    if (dc_equal(*environment, name, length) && (*environment)[length] == '=') return *environment + length + 1;
  }
  return "";
}

static bool dc_starts_with(const char *text, const char *start) {
  for (; *start != 0; text++, start++) {
    if (*text != *start) return false;
  }
  return true;
}

/* Opens the stream of DELCHAIN_CHANNEL and takes descriptor 1 away from the program's own output. */
static void dc_open_channel(const char *channel) {
  if (dc_starts_with(channel, "unix:")) {
    dc_channel_in = dc_channel_out = dc_connect(channel + 5);
  } else {
    dc_channel_out = (int)dc_syscall(DC_SYS_DUP, 1, 0, 0, 0);
    if (dc_syscall(DC_SYS_DUP2, 2, 1, 0, 0) < 0) dc_exit(DC_EXIT_STREAM);
  }
  if (dc_channel_out < 0) dc_exit(DC_EXIT_STREAM);
}

static int dc_wait(long process) {
  int status = 0;
  long ended;
  do ended = dc_syscall(DC_SYS_WAIT4, process, (long)&status, 0, 0);
  while (ended == -DC_EINTR);
  return ended < 0 ? (int)ended : status;
}

/* Removes what the call left: as process 1 every process and file; elsewhere, the child's session. */
static void dc_sweep(long child, bool is_first_process) {
  dc_syscall(DC_SYS_KILL, is_first_process ? -1 : -child, DC_SIGKILL, 0, 0);
  if (!is_first_process) return;
  while (dc_wait(-1) >= 0) continue;
  dc_empty_scratch();
}

static void dc_trap(uint64_t exchange, uint8_t kind, uint32_t detail) {
  uint8_t body[5] = {kind};
  dc_put_be(body + 1, detail, 4);
  dc_send(DC_TRAP, exchange, &(dc_bytes){body, sizeof body}, 1);
}

/* Written by the call's process when its CALL is there, and out of the contract's reach before it runs. */
typedef struct {
  bool is_there;
  uint64_t exchange;
} dc_arrival;
static volatile dc_arrival *dc_arrived;

static void dc_share_arrival(void) {
  long page = dc_map_shared_page();
  if (page < 0 && page > -DC_PAGE_BYTES) dc_exit(DC_EXIT_STREAM);
  dc_arrived = (volatile dc_arrival *)page;
}

static void dc_take_call(void) {
  dc_receive_call();
  dc_arrived->exchange = dc_running.exchange;
  dc_arrived->is_there = true;
}

/*
 * The first process of a container forks before the call comes, so that nobody waits for the fork. Elsewhere the
 * waiting process would outlive a launcher that is killed, and keep its stream open.
 */
static void dc_fork_call(bool is_first_process) {
  dc_arrived->is_there = false;
  if (!is_first_process) dc_take_call();
  long child = dc_syscall(DC_SYS_FORK, 0, 0, 0, 0);
  if (child <= 0 && is_first_process) dc_take_call();
  if (child < 0) {
    dc_trap(dc_running.exchange, DC_TRAP_START, (uint32_t)-child);
    return;
  }
  if (child == 0) {
    if (!is_first_process) dc_syscall(DC_SYS_SETSID, 0, 0, 0, 0);
    dc_syscall(DC_SYS_MUNMAP, (long)dc_arrived, DC_PAGE_BYTES, 0, 0);
    dc_run();
  }
  int status = dc_wait(child);
  /* wait(2): the low seven bits are the signal, the next byte the exit status. */
  uint32_t signal = (uint32_t)status & 0x7f, code = (uint32_t)status >> 8 & 0xff;
  if (!dc_arrived->is_there) dc_exit(signal != 0 ? DC_EXIT_STREAM : (int)code);
  dc_sweep(child, is_first_process);
  uint64_t exchange = dc_arrived->exchange;
  if (signal != 0) dc_trap(exchange, DC_TRAP_SIGNAL, signal);
  else if (code != 0) dc_trap(exchange, DC_TRAP_EXIT, code);
  else dc_hello(exchange);
}

/* `warm` forks too: a process for each call keeps every promise of a shared one but speed. */
DC_NORETURN static void dc_serve(char **environment) {
  dc_open_channel(dc_environment(environment, "DELCHAIN_CHANNEL"));
  bool is_first_process = dc_syscall(DC_SYS_GETPID, 0, 0, 0, 0) == 1;
  if (is_first_process) dc_open_scratch();
  bool forks = !dc_starts_with(dc_environment(environment, "DELCHAIN_ISOLATION"), "process");
  if (forks) dc_share_arrival();
  dc_hello(0);
  if (!forks) {
    dc_receive_call();
    dc_run();
  }
  for (;;) dc_fork_call(is_first_process);
}

#if __STDC_HOSTED__
int main(int count, char **arguments, char **environment) {
  (void)count, (void)arguments;
  dc_serve(environment);
}
#else
/* The kernel's stack: argument count, arguments, 0, environment, 0. */
__attribute__((used)) DC_NORETURN void dc_start(long *stack) { dc_serve((char **)(stack + stack[0] + 2)); }
__asm__(".globl _start\n_start:\n  xor %ebp, %ebp\n  mov %rsp, %rdi\n  and $-16, %rsp\n  call dc_start\n");
#endif

#endif
#endif
