/*
 * The contract's second system call filter, inside of the container's. What must be answered stops the thread for
 * detinit; what nobody needs has a fixed errno, which costs nothing; everything else runs at full speed.
 */
#ifndef DETINIT_FILTER_H
#define DETINIT_FILTER_H

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>

#include "program.h"

/* Always, or only when the argument at this place (from 0) is not null, or is a number above 0. */
enum condition { ALWAYS, NOT_NULL, ABOVE_ZERO, TIMED_FUTEX };

struct rule {
  int number;
  uint32_t action;
  enum condition condition;
  int argument;
};

#define STOP(name) {__NR_##name, SECCOMP_RET_TRACE, ALWAYS, 0}
#define STOP_IF(name, condition, argument) {__NR_##name, SECCOMP_RET_TRACE, condition, argument}
#define REFUSE(name, error) {__NR_##name, SECCOMP_RET_ERRNO | (error), ALWAYS, 0}

static const struct rule rules[] = {
    STOP(clock_gettime), STOP(gettimeofday), STOP(time), STOP(getrandom),
    STOP(nanosleep), STOP(clock_nanosleep),
    STOP_IF(poll, ABOVE_ZERO, 2), STOP_IF(epoll_wait, ABOVE_ZERO, 3), STOP_IF(epoll_pwait, ABOVE_ZERO, 3),
    STOP_IF(ppoll, NOT_NULL, 2), STOP_IF(select, NOT_NULL, 4), STOP_IF(pselect6, NOT_NULL, 4),
    STOP_IF(rt_sigtimedwait, NOT_NULL, 2), STOP_IF(futex, TIMED_FUTEX, 3),
    STOP(getpid), STOP(getppid), STOP(gettid), STOP(getpgid), STOP(getpgrp), STOP(setsid),
    STOP(kill), STOP(tkill), STOP(tgkill), STOP(wait4), STOP(waitid),
    STOP_IF(prlimit64, NOT_NULL, 0), STOP_IF(get_robust_list, NOT_NULL, 0),
    STOP_IF(sched_getparam, NOT_NULL, 0), STOP_IF(sched_getscheduler, NOT_NULL, 0),
    STOP(stat), STOP(lstat), STOP(fstat), STOP(newfstatat), STOP(statx), STOP(statfs), STOP(fstatfs),
    STOP(open), STOP(openat), STOP(openat2), STOP(readlink), STOP(readlinkat), STOP(getdents64),
    STOP(uname), STOP(sysinfo), STOP(getrusage), STOP(times), STOP(getcpu), STOP(sched_getaffinity),
    // Taken and without effect: there is one CPU, and one way to share it.
    REFUSE(sched_setaffinity, 0), REFUSE(sched_setscheduler, 0),
    // Timers by the real clock, the number of the CPU in memory, and what lies in the machine's cache.
    REFUSE(alarm, ENOSYS), REFUSE(setitimer, ENOSYS), REFUSE(timer_create, ENOSYS), REFUSE(timerfd_create, ENOSYS),
    REFUSE(rseq, ENOSYS), REFUSE(mincore, ENOSYS),
    // What detinit itself works with.
    REFUSE(ptrace, EPERM), REFUSE(process_vm_readv, EPERM), REFUSE(process_vm_writev, EPERM), REFUSE(seccomp, EPERM),
    REFUSE(personality, EPERM), REFUSE(pidfd_open, EPERM), REFUSE(pidfd_getfd, EPERM),
};

/* Of prctl, what would give the counter back, or take the memory from detinit. */
static const int refused_options[] = {PR_SET_TSC, PR_SET_SECCOMP, PR_SET_DUMPABLE, PR_SET_PTRACER, PR_SET_PDEATHSIG,
                                      PR_SET_CHILD_SUBREAPER};

enum { CODE_MAX = 512 };
static struct sock_filter code[CODE_MAX];
static uint16_t code_length;

static void add(uint16_t operation, uint32_t value, uint8_t if_true, uint8_t if_false) {
  if (code_length == CODE_MAX) give_up("a longer filter than it has room for", -E2BIG);
  code[code_length++] = (struct sock_filter){operation, if_true, if_false, value};
}

static void load_argument(int argument, int half) {
  uint32_t offset = offsetof(struct seccomp_data, args) + 8 * (uint32_t)argument + 4 * (uint32_t)half;
  add(BPF_LD | BPF_W | BPF_ABS, offset, 0, 0);
}

static void give(uint32_t action) { add(BPF_RET | BPF_K, action, 0, 0); }

/* Jumps over the one instruction that follows unless the accumulator equals the value. */
static void only_if_equal(uint32_t value) { add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1); }

/* What follows the number's comparison; each ends in an answer. */
static void add_condition(const struct rule *rule) {
  switch (rule->condition) {
    case TIMED_FUTEX:
      // Of the operations these take a time; of others the same argument is a count.
      load_argument(1, 0);
      add(BPF_ALU | BPF_AND | BPF_K, (uint32_t)FUTEX_CMD_MASK, 0, 0);
      add(BPF_JMP | BPF_JEQ | BPF_K, FUTEX_WAIT, 4, 0);
      add(BPF_JMP | BPF_JEQ | BPF_K, FUTEX_WAIT_BITSET, 3, 0);
      add(BPF_JMP | BPF_JEQ | BPF_K, FUTEX_LOCK_PI, 2, 0);
      add(BPF_JMP | BPF_JEQ | BPF_K, FUTEX_LOCK_PI2, 1, 0);
      give(SECCOMP_RET_ALLOW);
      __attribute__((fallthrough));
    case NOT_NULL:
      load_argument(rule->argument, 0);
      add(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 2);
      load_argument(rule->argument, 1);
      add(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
      give(rule->action);
      give(SECCOMP_RET_ALLOW);
      return;
    case ABOVE_ZERO:
      load_argument(rule->argument, 0);
      add(BPF_JMP | BPF_JEQ | BPF_K, 0, 2, 0);
      add(BPF_JMP | BPF_JSET | BPF_K, 0x80000000, 1, 0);
      give(rule->action);
      give(SECCOMP_RET_ALLOW);
      return;
    default:
      give(rule->action);
  }
}

static void build_filter(void) {
  add(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0, 0);
  add(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0);
  give(SECCOMP_RET_KILL_PROCESS);
  for (const struct rule *rule = rules; rule < rules + sizeof rules / sizeof *rules; rule++) {
    add(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
    uint16_t jump = code_length;
    add(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)rule->number, 0, 0);
    add_condition(rule);
    code[jump].jf = (uint8_t)(code_length - jump - 1);
  }
  add(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);
  add(BPF_JMP | BPF_JEQ | BPF_K, __NR_prctl, 1, 0);
  give(SECCOMP_RET_ALLOW);
  load_argument(0, 0);
  for (size_t i = 0; i < sizeof refused_options / sizeof *refused_options; i++) {
    only_if_equal((uint32_t)refused_options[i]);
    give(SECCOMP_RET_ERRNO | EPERM);
  }
  give(SECCOMP_RET_ALLOW);
}

static void install_filter(void) {
  build_filter();
  struct sock_fprog program = {code_length, code};
  must("installing the filter", CALL(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
}

#endif
