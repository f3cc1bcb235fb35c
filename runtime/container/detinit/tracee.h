/* What detinit does to a stopped thread: its memory, its registers, system calls in its name. */
#ifndef DETINIT_TRACEE_H
#define DETINIT_TRACEE_H

#include <linux/ptrace.h>

#include "thread.h"

enum { SIGNAL_TRAP = 5, SIGNAL_KILL = 9, SIGNAL_SEGV = 11 };
/* ptrace(2): what a stop that is none by a signal looks like. */
enum { SYSCALL_STOP = SIGNAL_TRAP | 0x80 };
enum { WAIT_ALL = 0x40000000 };
/* ptrace(2), "poke": what the request is called where it is older than PTRACE_SETREGSET. */
#define TRACE(request, id, address, data) CALL(__NR_ptrace, request, id, address, data)

struct part {
  const void *start;
  size_t size;
};

/* Both tell whether all of it was there. */
static bool read_memory(int id, void *to, uint64_t from, size_t size) {
  struct part here = {to, size}, there = {(void *)from, size};
  return CALL(__NR_process_vm_readv, id, &here, 1, &there, 1, 0) == (long)size;
}

static bool write_memory(int id, uint64_t to, const void *from, size_t size) {
  struct part here = {from, size}, there = {(void *)to, size};
  return CALL(__NR_process_vm_writev, id, &here, 1, &there, 1, 0) == (long)size;
}


static struct user_regs_struct registers_of(const struct thread *thread) {
  struct user_regs_struct registers = {0};
  TRACE(PTRACE_GETREGS, thread->id, 0, &registers);
  return registers;
}

static void set_registers(const struct thread *thread, const struct user_regs_struct *registers) {
  TRACE(PTRACE_SETREGS, thread->id, 0, registers);
}

static void go_on(const struct thread *thread, int signal) { TRACE(PTRACE_CONT, thread->id, 0, signal); }

/* Lets a system call happen and waits for its end. */
static void go_on_to_end(struct thread *thread, long pending, const struct user_regs_struct *registers) {
  thread->pending = pending;
  thread->entered = *registers;
  TRACE(PTRACE_SYSCALL, thread->id, 0, 0);
}

/* Answers a system call in the kernel's place. */
static void answer(const struct thread *thread, struct user_regs_struct *registers, long result) {
  registers->orig_rax = (uint64_t)-1;
  registers->rax = (uint64_t)result;
  set_registers(thread, registers);
  go_on(thread, 0);
}

/* A thread that ended while it was to stop, and how. */
static struct {
  int id, status;
} ended_inside;

static bool wait_for_syscall_stop(int id) {
  for (;;) {
    int status = 0;
    long got = CALL(__NR_wait4, id, &status, WAIT_ALL, 0);
    if (got == -EINTR) continue;
    if (got < 0) return false;
    if ((status & 0xff) != 0x7f) {
      ended_inside.id = id, ended_inside.status = status;
      return false;
    }
    int signal = status >> 8;
    if ((signal & 0xff) == SYSCALL_STOP) return true;
    // A signal that comes in between waits until the thread goes on by itself.
    if (signal >> 8 == 0) CALL(__NR_tkill, id, signal & 0xff);
    TRACE(PTRACE_SYSCALL, id, 0, 0);
  }
}

/*
 * Makes a stopped thread do a system call with the instruction at `instruction`; its registers are as before then.
 * None of the calls made like that is among those that the filter reports.
 */
static long inject(const struct thread *thread, uint64_t instruction, long number, const uint64_t arguments[6]) {
  struct user_regs_struct before = registers_of(thread), now = before;
  now.rip = instruction;
  now.orig_rax = (uint64_t)-1;
  now.rax = (uint64_t)number;
  now.rdi = arguments[0], now.rsi = arguments[1], now.rdx = arguments[2];
  now.r10 = arguments[3], now.r8 = arguments[4], now.r9 = arguments[5];
  set_registers(thread, &now);
  for (int stop = 0; stop < 2; stop++) {
    TRACE(PTRACE_SYSCALL, thread->id, 0, 0);
    if (!wait_for_syscall_stop(thread->id)) return -ESRCH;
  }
  long result = (long)registers_of(thread).rax;
  set_registers(thread, &before);
  return result;
}

/* Where the thread's own `syscall` instruction is, at the end of a system call. */
static uint64_t instruction_of(const struct thread *thread) {
  enum { INSTRUCTION_BYTES = 2 };
  return registers_of(thread).rip - INSTRUCTION_BYTES;
}

/* A descriptor of the thread's process as one of ours, below zero when it has none of that number. */
static long borrow(const struct thread *thread, long descriptor) {
  long process = CALL(__NR_pidfd_open, thread->process, 0);
  if (process < 0) return process;
  long borrowed = CALL(__NR_pidfd_getfd, process, descriptor, 0);
  CALL(__NR_close, process);
  return borrowed;
}

#endif
