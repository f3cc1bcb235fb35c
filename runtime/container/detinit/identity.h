/* Who a process is, who else there is, and signals between them: told numbers in place of the kernel's. */
#ifndef DETINIT_IDENTITY_H
#define DETINIT_IDENTITY_H

#include "clock.h"

/* Offset of `si_pid` in siginfo_t, for a child's end and for a signal that a process sent. */
enum { SIGINFO_SENDER = 16 };

/* The kernel's number for what the program says; numbers that it has from the kernel stay. */
static int real_number(int number) {
  const struct thread *thread = find_number(number);
  return thread == NULL ? number : thread->id;
}

static int told_number(int id) {
  const struct thread *thread = find_thread(id);
  return thread == NULL || id == 0 ? id : thread->number;
}

/* A parent that has ended leaves its children to the launcher. */
static int parent_number(const struct thread *thread) {
  const struct thread *parent = find_number(thread->parent);
  if (thread->parent == 0) return 0;
  return parent == NULL || parent->is_ended ? LAUNCHER_NUMBER : thread->parent;
}

static void answer_group(const struct thread *thread, struct user_regs_struct *registers) {
  int asked = registers->orig_rax == __NR_getpgid ? (int)registers->rdi : 0;
  long group = CALL(__NR_getpgid, asked == 0 ? thread->process : real_number(asked));
  answer(thread, registers, group < 0 ? group : told_number((int)group));
}

/* setsid: the new session is named by its process. */
static void end_session(const struct thread *thread, struct user_regs_struct *registers) {
  if ((long)registers->rax > 0) registers->rax = (uint64_t)thread->process_number;
  set_registers(thread, registers);
  go_on(thread, 0);
}

/* System calls that take a process or a thread as their first argument, which is put into the kernel's words. */
static void translate_first(const struct thread *thread, struct user_regs_struct *registers) {
  registers->rdi = (uint64_t)(int64_t)real_number((int)registers->rdi);
  set_registers(thread, registers);
  go_on(thread, 0);
}

/* The launcher's limits would hold for the calls that follow. */
static void answer_limits_of_others(const struct thread *thread, struct user_regs_struct *registers) {
  if (real_number((int)registers->rdi) != thread->process) return answer(thread, registers, -EPERM);
  translate_first(thread, registers);
}

static void begin_wait_for_child(struct thread *thread, struct user_regs_struct *registers) {
  struct user_regs_struct entered = *registers;
  // waitid has its number behind the kind of number; wait4's may name a group.
  unsigned long long *which = registers->orig_rax == __NR_waitid ? &registers->rsi : &registers->rdi;
  int number = (int)*which;
  *which = (uint64_t)(int64_t)(number < -1 ? -real_number(-number) : number > 0 ? real_number(number) : number);
  set_registers(thread, registers);
  go_on_to_end(thread, (long)registers->orig_rax, &entered);
}

/* A child that was asked for is gone, and its number free. */
static int forget_child(int id) {
  struct thread *child = find_thread(id);
  if (child == NULL || id == 0) return id;
  int number = child->number;
  if (child->is_ended && CALL(__NR_kill, id, 0) == -ESRCH) forget(child);
  return number;
}

static void end_wait_for_child(const struct thread *thread, struct user_regs_struct *registers) {
  enum { USAGE_BYTES = 144 };
  static const uint8_t no_usage[USAGE_BYTES];
  bool isWaitid = thread->pending == __NR_waitid;
  long result = (long)registers->rax;
  if (isWaitid && result == 0 && thread->entered.rdx != 0) {
    int child = 0;
    read_memory(thread->id, &child, thread->entered.rdx + SIGINFO_SENDER, sizeof child);
    child = forget_child(child);
    write_memory(thread->id, thread->entered.rdx + SIGINFO_SENDER, &child, sizeof child);
  } else if (result > 0) {
    registers->rax = (uint64_t)forget_child((int)result);
  }
  uint64_t usage = isWaitid ? thread->entered.r8 : thread->entered.r10;
  if (result >= 0 && usage != 0) write_memory(thread->id, usage, no_usage, sizeof no_usage);
  registers->rdi = thread->entered.rdi, registers->rsi = thread->entered.rsi;
  set_registers(thread, registers);
  go_on(thread, 0);
}

static bool is_in_group(const struct thread *thread, long group) {
  return CALL(__NR_getpgid, thread->process) == group;
}

/* Sends to a process; the launcher hears nothing from others, like the first process that it is told to be. */
static long send(const struct thread *from, const struct thread *to, int signal) {
  if (to->process == launcher && from->process != launcher) return 0;
  return CALL(__NR_kill, to->process, signal);
}

static long send_to_many(const struct thread *from, int target, int signal) {
  long group = target == 0 ? CALL(__NR_getpgid, from->process) : target == -1 ? 0 : real_number(-target);
  long result = -ESRCH;
  for (const struct thread *each = threads; each < threads + threads_used; each++) {
    if (each->id == 0 || each->is_early || each->is_ended || each->id != each->process) continue;
    // kill(2): -1 leaves out who sends.
    if (target == -1 ? each->process == from->process : !is_in_group(each, group)) continue;
    if (send(from, each, signal) == 0) result = 0;
  }
  return result;
}

/* kill, and for one thread tgkill and tkill. */
static void answer_signal(const struct thread *thread, struct user_regs_struct *registers) {
  if (registers->orig_rax == __NR_kill) {
    int target = (int)registers->rdi, signal = (int)registers->rsi;
    // The launcher's word to all is the kernel's to carry out: at once, so that nobody forks meanwhile.
    if (target == -1 && thread->process == launcher) return go_on(thread, 0);
    if (target <= 0) return answer(thread, registers, send_to_many(thread, target, signal));
    const struct thread *to = find_thread(real_number(target));
    return answer(thread, registers, to == NULL ? -ESRCH : send(thread, to, signal));
  }
  bool isGroup = registers->orig_rax == __NR_tgkill;
  unsigned long long *which = isGroup ? &registers->rsi : &registers->rdi;
  const struct thread *to = find_thread(real_number((int)*which));
  if (to == NULL || *which == 0) return answer(thread, registers, -ESRCH);
  if (to->process == launcher && thread->process != launcher) return answer(thread, registers, 0);
  *which = (uint64_t)to->id;
  if (isGroup) registers->rdi = (uint64_t)to->process;
  set_registers(thread, registers);
  go_on(thread, 0);
}

#endif
