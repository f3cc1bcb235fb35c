/*
 * detinit: the first process of a container whose manifest asks for strict determinism. It starts the program, traces
 * it and all that it starts, and answers in the kernel's place whatever would tell one run from another: clocks,
 * random numbers, process numbers, files' times and inodes, the machine. README.md has the table.
 *
 *   detinit CALL-RECORD PERTURBATIONS PROGRAM ARGUMENTS...
 *
 * It ends as the program does: with its status, or with 128 and the number of the signal. Its own trouble is 125.
 */
#include "filter.h"

enum { PERSONALITY_FIXED_LAYOUT = 0x0040000 };
enum { TRACE_OPTIONS = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |
                       PTRACE_O_TRACEEXEC | PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL };
enum { SIGNAL_STATUS = 128 };
enum { CLONE_THREAD_FLAG = 0x00010000 };

static void enter(struct thread *thread) {
  struct user_regs_struct registers = registers_of(thread);
  switch (registers.orig_rax) {
    case __NR_clock_gettime: return answer_clock(thread, &registers);
    case __NR_gettimeofday: return answer_time_of_day(thread, &registers);
    case __NR_time: return answer_time(thread, &registers);
    case __NR_getrandom: return answer_random(thread, &registers);
    case __NR_nanosleep:
    case __NR_clock_nanosleep: return wait_for_time(thread, &registers);
    case __NR_futex: return wait_for_futex(thread, &registers);
    case __NR_poll:
    case __NR_ppoll:
    case __NR_select:
    case __NR_pselect6:
    case __NR_epoll_wait:
    case __NR_epoll_pwait:
    case __NR_rt_sigtimedwait: return wait_for_files(thread, &registers);
    case __NR_getpid: return answer(thread, &registers, thread->process_number);
    case __NR_gettid: return answer(thread, &registers, thread->number);
    case __NR_getppid: return answer(thread, &registers, parent_number(thread));
    case __NR_getpgid:
    case __NR_getpgrp: return answer_group(thread, &registers);
    case __NR_kill:
    case __NR_tkill:
    case __NR_tgkill: return answer_signal(thread, &registers);
    case __NR_wait4:
    case __NR_waitid: return begin_wait_for_child(thread, &registers);
    case __NR_prlimit64: return answer_limits_of_others(thread, &registers);
    case __NR_get_robust_list:
    case __NR_sched_getparam:
    case __NR_sched_getscheduler: return translate_first(thread, &registers);
    case __NR_getdents64: return answer_directory(thread, &registers);
    case __NR_uname: return answer_name(thread, &registers);
    case __NR_sysinfo: return answer_system(thread, &registers);
    case __NR_getrusage: return answer_usage(thread, &registers);
    case __NR_times: return answer_times(thread, &registers);
    case __NR_getcpu: return answer_cpu(thread, &registers);
    case __NR_sched_getaffinity: return answer_cpus(thread, &registers);
    default: return go_on_to_end(thread, (long)registers.orig_rax, &registers);
  }
}

static void end_fork(const struct thread *thread, struct user_regs_struct *registers) {
  if ((long)registers->rax > 0) registers->rax = (uint64_t)told_number((int)registers->rax);
  set_registers(thread, registers);
  go_on(thread, 0);
}

static void leave(struct thread *thread) {
  struct user_regs_struct registers = registers_of(thread);
  long pending = thread->pending;
  switch (pending) {
    case __NR_nanosleep:
    case __NR_futex:
    case __NR_poll:
    case __NR_ppoll:
    case __NR_select:
    case __NR_pselect6:
    case __NR_epoll_wait:
    case __NR_epoll_pwait:
    case __NR_rt_sigtimedwait: end_wait(thread, &registers); break;
    case __NR_wait4:
    case __NR_waitid: end_wait_for_child(thread, &registers); break;
    case __NR_setsid: end_session(thread, &registers); break;
    case __NR_open:
    case __NR_openat:
    case __NR_openat2: end_open(thread, &registers); break;
    case __NR_readlink:
    case __NR_readlinkat: end_read_link(thread, &registers); break;
    case __NR_execve: begin_program(thread, &registers); break;
    case __NR_fork: end_fork(thread, &registers); break;
    case -1: go_on(thread, 0); break;
    default: end_stat(thread, &registers);
  }
  thread->pending = -1;
}

/* A thread has made another one; which of the two stops first is open. */
static void take_child(struct thread *maker) {
  struct user_regs_struct registers = registers_of(maker);
  unsigned long id = 0;
  TRACE(PTRACE_GETEVENTMSG, maker->id, 0, &id);
  struct thread *child = find_thread((int)id);
  bool isWaiting = child != NULL && child->is_early;
  // A number that the kernel gives again: its last bearer has gone unseen.
  if (child != NULL && !isWaiting) forget(child);
  if (!isWaiting) child = add_thread((int)id);
  bool isThread = registers.orig_rax == __NR_clone && (registers.rdi & CLONE_THREAD_FLAG) != 0;
  give_number(child, maker, !isThread);
  if (isWaiting) go_on(child, 0);
  go_on_to_end(maker, __NR_fork, &registers);
}

/* A process that begins a program is left with one thread, which has its process's number. */
static void take_program(int id) {
  unsigned long before = 0;
  TRACE(PTRACE_GETEVENTMSG, id, 0, &before);
  struct thread *leader = find_thread(id), *caller = find_thread((int)before);
  if (caller != NULL && caller != leader) forget(caller);
  struct user_regs_struct registers = registers_of(leader);
  go_on_to_end(leader, __NR_execve, &registers);
}

static void take_stop(int id, int status) {
  enum { SIGNAL_STOP = 19, SIGNAL_STOP_LAST = 22 };
  struct thread *thread = find_thread(id);
  int event = status >> 16, signal = status >> 8 & 0xff;
  if (thread == NULL || thread->is_ended) {
    if (thread != NULL) forget(thread);
    add_thread(id);
    return;
  }
  if (thread->is_early) return;
  switch (event) {
    case PTRACE_EVENT_SECCOMP: return enter(thread);
    case PTRACE_EVENT_FORK:
    case PTRACE_EVENT_VFORK:
    case PTRACE_EVENT_CLONE: return take_child(thread);
    case PTRACE_EVENT_EXEC: return take_program(id);
    case PTRACE_EVENT_STOP:
      // Stopped by a signal: it stays so until another one continues it.
      if (signal >= SIGNAL_STOP && signal <= SIGNAL_STOP_LAST) TRACE(PTRACE_LISTEN, id, 0, 0);
      else go_on(thread, 0);
      return;
    default:
      if (signal == SYSCALL_STOP) leave(thread);
      else if (signal == SIGNAL_SEGV && answer_counter(thread)) go_on(thread, 0);
      else go_on(thread, signal);
  }
}

static void take_end(int id, int status) {
  if (id == launcher) end((status & 0x7f) == 0 ? status >> 8 & 0xff : SIGNAL_STATUS + (status & 0x7f));
  struct thread *thread = find_thread(id);
  if (thread == NULL) return;
  // A process keeps its number until its parent has asked for it.
  if (thread->id == thread->process) thread->is_ended = true;
  else forget(thread);
}

__attribute__((noreturn)) static void supervise(void) {
  for (;;) {
    int status = 0;
    long id = CALL(__NR_wait4, -1, &status, WAIT_ALL, 0);
    if (id == -EINTR) continue;
    must("waiting for the program", id);
    if (take_record()) {
      begin_call();
      forget_call_files();
    }
    if ((status & 0xff) == 0x7f) take_stop((int)id, status);
    else take_end((int)id, status);
    if (ended_inside.id != 0) take_end(ended_inside.id, ended_inside.status);
    ended_inside.id = 0;
  }
}

/* In the program's process, which waits until it is traced. */
__attribute__((noreturn)) static void become(char **arguments, char **environment, long gate) {
  uint8_t open;
  CALL(__NR_read, gate, &open, 1);
  if (!perturbed.memory_layout) must("fixing the memory layout", CALL(__NR_personality, PERSONALITY_FIXED_LAYOUT));
  must("taking the time stamp counter", CALL(__NR_prctl, PR_SET_TSC, PR_TSC_SIGSEGV));
  // What a call's process leaves behind is the launcher's to wait for.
  must("becoming the reaper", CALL(__NR_prctl, PR_SET_CHILD_SUBREAPER, 1));
  must("giving up new privileges", CALL(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  install_filter();
  long result = CALL(__NR_execve, arguments[0], arguments, environment);
  give_up(arguments[0], result);
}

__attribute__((noreturn)) static void run(long count, char **arguments, char **environment) {
  enum { PROGRAM = 3, SIGNAL_CHILD = 17, GATE_CLOSE_ON_EXEC = 02000000 };
  // Outside of a container of its own, what the launcher means for its call's processes would end everybody's.
  if (CALL(__NR_getpid, 0) != 1) give_up("detinit is the first process of a container, or nothing", -EPERM);
  if (count <= PROGRAM) give_up("usage: detinit CALL-RECORD PERTURBATIONS PROGRAM ARGUMENTS...", -EINVAL);
  open_record(arguments[1]);
  read_perturbations(arguments[2]);
  int gate[2];
  must("making a gate", CALL(__NR_pipe2, gate, GATE_CLOSE_ON_EXEC));
  long child = must("starting the program's process", CALL(__NR_clone, SIGNAL_CHILD, 0));
  if (child == 0) become(arguments + PROGRAM, environment, gate[0]);
  must("tracing the program", CALL(__NR_ptrace, PTRACE_SEIZE, child, 0, TRACE_OPTIONS));
  // The program has the same user: nothing of this process is for it to read.
  must("closing its memory", CALL(__NR_prctl, PR_SET_DUMPABLE, 0));
  launcher = (int)child;
  struct thread *first = add_thread(launcher);
  first->process = launcher;
  first->number = first->process_number = LAUNCHER_NUMBER;
  first->is_early = false;
  must("opening the gate", CALL(__NR_write, gate[1], "", 1));
  CALL(__NR_close, gate[0]);
  CALL(__NR_close, gate[1]);
  supervise();
}

/* The kernel's stack: argument count, arguments, 0, environment, 0. */
__attribute__((used, noreturn)) void start(long *stack) {
  char **arguments = (char **)(stack + 1);
  run(stack[0], arguments, arguments + stack[0] + 1);
}
__asm__(".globl _start\n_start:\n  xor %ebp, %ebp\n  mov %rsp, %rdi\n  and $-16, %rsp\n  call start\n");
