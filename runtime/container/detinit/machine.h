/* What the kernel tells of the machine: one CPU, no load, no version. */
#ifndef DETINIT_MACHINE_H
#define DETINIT_MACHINE_H

#include <linux/sysinfo.h>
#include <linux/times.h>
#include <linux/utsname.h>

#include "directory.h"

static void answer_with(const struct thread *thread, struct user_regs_struct *registers, uint64_t to, const void *what,
                        size_t size, long result) {
  bool isWritten = to == 0 || write_memory(thread->id, to, what, size);
  answer(thread, registers, isWritten ? result : -EFAULT);
}

/* The host name is the container's. */
static void answer_name(const struct thread *thread, struct user_regs_struct *registers) {
  struct new_utsname about = {0}, said = {.sysname = "Linux", .release = "6.1.0", .version = "#1", .machine = "x86_64"};
  CALL(__NR_uname, &about);
  memcpy(said.nodename, about.nodename, sizeof said.nodename);
  put_text(said.domainname, "(none)");
  answer_with(thread, registers, registers->rdi, &said, sizeof said, 0);
}

static void answer_system(struct thread *thread, struct user_regs_struct *registers) {
  enum { MEBIBYTE = 1 << 20, MEMORY = 1024 * MEBIBYTE };
  struct sysinfo about = {.totalram = MEMORY, .freeram = MEMORY / 2, .procs = 1, .mem_unit = 1};
  about.uptime = (long)(read_clock(thread, CLOCK_MONOTONIC) / NANOSECONDS);
  answer_with(thread, registers, registers->rdi, &about, sizeof about, 0);
}

/* CPU time is what the thread's clock has gained; there are no other figures. */
static void answer_usage(struct thread *thread, struct user_regs_struct *registers) {
  enum { FIGURES = 18 };
  int64_t about[FIGURES] = {0};
  struct moment used = moment_of(read_clock(thread, CLOCK_THREAD_CPUTIME_ID));
  about[0] = used.seconds, about[1] = used.nanoseconds / 1000;
  answer_with(thread, registers, registers->rsi, about, sizeof about, 0);
}

static void answer_times(struct thread *thread, struct user_regs_struct *registers) {
  enum { TICKS_A_SECOND = 100 };
  uint64_t tick = NANOSECONDS / TICKS_A_SECOND;
  struct tms about = {.tms_utime = (long)(read_clock(thread, CLOCK_THREAD_CPUTIME_ID) / tick)};
  long now = (long)(nanoseconds_now(thread, CLOCK_MONOTONIC) / tick);
  answer_with(thread, registers, registers->rdi, &about, sizeof about, now);
}

static void answer_cpu(const struct thread *thread, struct user_regs_struct *registers) {
  const uint32_t first[1] = {0};
  bool isWritten = (registers->rdi == 0 || write_memory(thread->id, registers->rdi, first, sizeof first)) &&
                   (registers->rsi == 0 || write_memory(thread->id, registers->rsi, first, sizeof first));
  answer(thread, registers, isWritten ? 0 : -EFAULT);
}

static void answer_cpus(const struct thread *thread, struct user_regs_struct *registers) {
  uint64_t one = perturbed.cpu_count ? 0xf : 1;
  if (registers->rsi < sizeof one) return answer(thread, registers, -EINVAL);
  answer_with(thread, registers, registers->rdx, &one, sizeof one, sizeof one);
}

static void answer_random(struct thread *thread, struct user_regs_struct *registers) {
  uint64_t to = registers->rdi;
  size_t size = registers->rsi < sizeof content ? registers->rsi : sizeof content;
  draw(thread, content, size);
  answer(thread, registers, write_memory(thread->id, to, content, size) ? (long)size : -EFAULT);
}

#endif
