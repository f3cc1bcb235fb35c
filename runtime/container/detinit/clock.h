/* Clocks: a thread's time is the call's, and what it has waited since. */
#ifndef DETINIT_CLOCK_H
#define DETINIT_CLOCK_H

#include <linux/futex.h>
#include <linux/time.h>

#include "tracee.h"

struct moment {
  int64_t seconds, nanoseconds;
};

enum { CLOCK_LAST = 11 };
/* Where nothing of the program's lies: below its stack pointer and what the ABI lets it use there. */
enum { SCRATCH_BELOW_STACK = 1024 };

static bool is_wall_clock(int clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

/* CPU time, of the whole, of one thread or of a process by its number. */
static bool is_cpu_clock(int clock) {
  return clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID || clock < 0;
}

static uint64_t nanoseconds_now(const struct thread *thread, int clock) {
  if (is_cpu_clock(clock)) return thread->elapsed;
  uint64_t seconds = is_wall_clock(clock) ? call.seconds : call.seconds - START_SECONDS + 1;
  return seconds * NANOSECONDS + thread->elapsed;
}

static uint64_t read_clock(struct thread *thread, int clock) {
  if (thread->readings < STILL_READINGS) thread->readings++;
  else thread->elapsed += READING_NANOSECONDS;
  return nanoseconds_now(thread, clock);
}

static struct moment moment_of(uint64_t nanoseconds) {
  return (struct moment){(int64_t)(nanoseconds / NANOSECONDS), (int64_t)(nanoseconds % NANOSECONDS)};
}

/* As far as 64 bits reach, which is 584 years. */
static uint64_t nanoseconds_of(struct moment moment) {
  if (moment.seconds < 0 || moment.nanoseconds < 0) return 0;
  uint64_t seconds = (uint64_t)moment.seconds;
  if (seconds > UINT64_MAX / 2 / NANOSECONDS) return UINT64_MAX / 2;
  return seconds * NANOSECONDS + (uint64_t)moment.nanoseconds;
}

static void answer_clock(struct thread *thread, struct user_regs_struct *registers) {
  int clock = (int)registers->rdi;
  long result = clock > CLOCK_LAST ? -EINVAL : 0;
  if (result == 0) {
    struct moment now = moment_of(read_clock(thread, clock));
    if (!write_memory(thread->id, registers->rsi, &now, sizeof now)) result = -EFAULT;
  }
  answer(thread, registers, result);
}

static void answer_time_of_day(struct thread *thread, struct user_regs_struct *registers) {
  struct moment now = moment_of(read_clock(thread, CLOCK_REALTIME));
  now.nanoseconds /= 1000;
  const int64_t zone = 0;
  bool isWritten = (registers->rdi == 0 || write_memory(thread->id, registers->rdi, &now, sizeof now)) &&
                   (registers->rsi == 0 || write_memory(thread->id, registers->rsi, &zone, sizeof zone));
  answer(thread, registers, isWritten ? 0 : -EFAULT);
}

static void answer_time(struct thread *thread, struct user_regs_struct *registers) {
  int64_t seconds = (int64_t)(read_clock(thread, CLOCK_REALTIME) / NANOSECONDS);
  bool isWritten = registers->rdi == 0 || write_memory(thread->id, registers->rdi, &seconds, sizeof seconds);
  answer(thread, registers, isWritten ? seconds : -EFAULT);
}

/* The time stamp counter, a nanosecond a tick. Returns whether the instruction at which it stopped was one for it. */
static bool answer_counter(struct thread *thread) {
  struct user_regs_struct registers = registers_of(thread);
  uint8_t code[3] = {0};
  if (!read_memory(thread->id, code, registers.rip, sizeof code)) return false;
  bool isPlain = code[0] == 0x0f && code[1] == 0x31, isExtended = code[0] == 0x0f && code[1] == 0x01 && code[2] == 0xf9;
  if (!isPlain && !isExtended) return false;
  uint64_t now = read_clock(thread, CLOCK_MONOTONIC);
  registers.rax = now & UINT32_MAX, registers.rdx = now >> 32;
  if (isExtended) registers.rcx = 0;
  registers.rip += isPlain ? 2 : 3;
  set_registers(thread, &registers);
  return true;
}

/* Whether nobody but this thread and the launcher that waits for it could change what it waits for. */
static bool is_alone(const struct thread *thread) {
  for (const struct thread *each = threads; each < threads + threads_used; each++) {
    if (each->id != 0 && !each->is_ended && each != thread && each->number != LAUNCHER_NUMBER) return false;
  }
  return true;
}

/* A wait for time alone. Where others run it takes the real time, because they may be what is waited for. */
static void wait_for_time(struct thread *thread, struct user_regs_struct *registers) {
  bool isPlain = registers->orig_rax == __NR_nanosleep;
  uint64_t requested = isPlain ? registers->rdi : registers->rdx;
  int clock = isPlain ? CLOCK_MONOTONIC : (int)registers->rdi;
  struct moment asked;
  if (!read_memory(thread->id, &asked, requested, sizeof asked)) return answer(thread, registers, -EFAULT);
  if (asked.seconds < 0 || (uint64_t)asked.nanoseconds >= NANOSECONDS) return answer(thread, registers, -EINVAL);
  uint64_t duration = nanoseconds_of(asked);
  if (!isPlain && (registers->rsi & TIMER_ABSTIME) != 0) {
    uint64_t now = nanoseconds_now(thread, clock);
    duration = duration > now ? duration - now : 0;
  }
  thread->elapsed += duration;
  if (is_alone(thread)) return answer(thread, registers, 0);
  struct user_regs_struct changed = *registers;
  uint64_t scratch = registers->rsp - SCRATCH_BELOW_STACK;
  struct moment real = moment_of(duration);
  if (!write_memory(thread->id, scratch, &real, sizeof real)) return answer(thread, registers, -EFAULT);
  changed.orig_rax = __NR_nanosleep;
  changed.rdi = scratch, changed.rsi = 0;
  set_registers(thread, &changed);
  thread->wait_nanoseconds = 0;
  go_on_to_end(thread, __NR_nanosleep, registers);
}

/*
 * A futex with a time limit: the kernel waits as long by its own clock, and the thread's is moved when the wait ended
 * because of the limit.
 */
static void wait_for_futex(struct thread *thread, struct user_regs_struct *registers) {
  int operation = (int)registers->rsi & FUTEX_CMD_MASK;
  struct moment limit;
  if (!read_memory(thread->id, &limit, registers->r10, sizeof limit)) return answer(thread, registers, -EFAULT);
  uint64_t duration = nanoseconds_of(limit);
  struct user_regs_struct changed = *registers;
  if (operation != FUTEX_WAIT) {
    bool isWall = operation == FUTEX_LOCK_PI || (registers->rsi & FUTEX_CLOCK_REALTIME) != 0;
    int clock = isWall ? CLOCK_REALTIME : CLOCK_MONOTONIC;
    uint64_t now = nanoseconds_now(thread, clock);
    duration = duration > now ? duration - now : 0;
    struct moment real;
    CALL(__NR_clock_gettime, clock, &real);
    limit = moment_of(nanoseconds_of(real) + duration);
    changed.r10 = registers->rsp - SCRATCH_BELOW_STACK;
    if (!write_memory(thread->id, changed.r10, &limit, sizeof limit)) return answer(thread, registers, -EFAULT);
    set_registers(thread, &changed);
  }
  thread->wait_nanoseconds = duration;
  go_on_to_end(thread, __NR_futex, registers);
}

/* poll and its like: they take a duration, and say nothing at its end. */
static void wait_for_files(struct thread *thread, const struct user_regs_struct *registers) {
  struct moment limit = {0};
  switch (registers->orig_rax) {
    case __NR_poll:
      thread->wait_nanoseconds = (registers->rdx & INT32_MAX) * 1000000;
      break;
    case __NR_epoll_wait:
    case __NR_epoll_pwait:
      thread->wait_nanoseconds = (registers->r10 & INT32_MAX) * 1000000;
      break;
    case __NR_select:
      read_memory(thread->id, &limit, registers->r8, sizeof limit);
      limit.nanoseconds *= 1000;
      thread->wait_nanoseconds = nanoseconds_of(limit);
      break;
    default:
      read_memory(thread->id, &limit, registers->orig_rax == __NR_pselect6 ? registers->r8 : registers->rdx,
                  sizeof limit);
      thread->wait_nanoseconds = nanoseconds_of(limit);
  }
  go_on_to_end(thread, (long)registers->orig_rax, registers);
}

/* What the kernel wrote back of a limit is real time. */
static void erase_rest(struct thread *thread, bool isOver) {
  uint64_t limit = thread->entered.r8;
  if (thread->pending == __NR_ppoll) limit = thread->entered.rdx;
  else if (thread->pending != __NR_select && thread->pending != __NR_pselect6) return;
  struct moment rest = isOver ? (struct moment){0} : moment_of(thread->wait_nanoseconds);
  if (thread->pending == __NR_select) rest.nanoseconds /= 1000;
  write_memory(thread->id, limit, &rest, sizeof rest);
}

static void end_wait(struct thread *thread, struct user_regs_struct *registers) {
  long result = (long)registers->rax;
  long over = thread->pending == __NR_futex ? -ETIMEDOUT : thread->pending == __NR_rt_sigtimedwait ? -EAGAIN : 0;
  bool isOver = result == over;
  if (isOver) thread->elapsed += thread->wait_nanoseconds;
  erase_rest(thread, isOver);
  struct user_regs_struct restored = *registers;
  restored.rdi = thread->entered.rdi, restored.rsi = thread->entered.rsi, restored.r10 = thread->entered.r10;
  set_registers(thread, &restored);
  go_on(thread, 0);
}

#endif
