/*
 * The threads that detinit answers for, and the numbers that they are told. A number is the lowest that is free, so
 * it depends on what the call did and not on what ran before.
 */
#ifndef DETINIT_THREAD_H
#define DETINIT_THREAD_H

#include <sys/user.h>

#include "random.h"

/* More than the largest class has processes; beyond it a container could not have got either. */
enum { THREADS_MAX = 1024 };
/* The launcher is told that it is process 1, as it is where nobody supervises it. */
enum { LAUNCHER_NUMBER = 1 };
/* Above the kernel's largest (PID_MAX_LIMIT): a number says by itself whether it is told or the kernel's. */
enum { FIRST_NUMBER = 4194304 + 2, PERTURBED_NUMBERS = 1000 };
/*
 * A thread's clock stands still unless it waits: how often a runtime reads it depends on what has been compiled, or on
 * other threads. Who has read it as often as this waits for time to pass, and sees some pass with each further reading.
 */
enum { STILL_READINGS = 16384, READING_NANOSECONDS = 1000000 };

struct thread {
  /* The kernel's numbers of the thread and of its process; 0 is a free place. */
  int id, process;
  /* What the program is told of them, and of the process that started its own. */
  int number, process_number, parent;
  /* How many had the same number in this call before. */
  uint32_t incarnation;
  /* Since the call's time. */
  uint64_t elapsed;
  uint32_t readings;
  uint64_t blocks_drawn;
  /* It has stopped before the fork that made it was reported. */
  bool is_early;
  /* It has ended, and its parent has not asked yet. */
  bool is_ended;
  /* The system call whose end is waited for, or -1; how it was called; how long it waits at most. */
  long pending;
  struct user_regs_struct entered;
  uint64_t wait_nanoseconds;
};

static struct thread threads[THREADS_MAX];
static int threads_used;
static int launcher;
static uint16_t incarnations[THREADS_MAX];

static struct thread *find_thread(int id) {
  for (struct thread *each = threads; each < threads + threads_used; each++) {
    if (each->id == id) return each;
  }
  return NULL;
}

static struct thread *find_number(int number) {
  for (struct thread *each = threads; each < threads + threads_used; each++) {
    if (each->id != 0 && each->number == number) return each;
  }
  return NULL;
}

static void forget(struct thread *thread) {
  thread->id = 0;
  while (threads_used > 0 && threads[threads_used - 1].id == 0) threads_used--;
}

/* Processes that were ended and that nobody will ask for, because the kernel no longer knows them. */
static void forget_reaped(void) {
  for (struct thread *each = threads; each < threads + threads_used; each++) {
    if (each->id != 0 && each->is_ended && CALL(__NR_kill, each->id, 0) == -ESRCH) each->id = 0;
  }
}

static int free_number(void) {
  int first = FIRST_NUMBER + (perturbed.pid ? PERTURBED_NUMBERS : 0);
  for (int number = first;; number++) {
    if (find_number(number) == NULL) return number;
  }
}

/* Takes a place; without a number as long as it is not known who made it. */
static struct thread *add_thread(int id) {
  struct thread *place = find_thread(0);
  if (place == NULL) {
    if (threads_used == THREADS_MAX) give_up("more threads than it has places for", -EAGAIN);
    place = &threads[threads_used++];
  }
  *place = (struct thread){.id = id, .pending = -1, .is_early = true};
  return place;
}

/* A new thread of its maker's process, or a new process. */
static void give_number(struct thread *thread, const struct thread *maker, bool is_process) {
  forget_reaped();
  thread->number = free_number();
  uint16_t *used = &incarnations[(unsigned)thread->number % THREADS_MAX];
  thread->incarnation = (*used)++;
  thread->process = is_process ? thread->id : maker->process;
  thread->process_number = is_process ? thread->number : maker->process_number;
  thread->parent = is_process ? maker->process_number : maker->parent;
  thread->is_early = false;
}

/* Every thread's clock and random numbers begin anew; one that waits for its call has no past in it. */
static void begin_call(void) {
  for (struct thread *each = threads; each < threads + threads_used; each++) {
    each->elapsed = each->blocks_drawn = 0;
    each->incarnation = each->readings = 0;
  }
  memset(incarnations, 0, sizeof incarnations);
  for (struct thread *each = threads; each < threads + threads_used; each++) {
    if (each->id != 0) incarnations[(unsigned)each->number % THREADS_MAX] = 1;
  }
}

static void draw(struct thread *thread, uint8_t *to, size_t size) {
  uint64_t stream = (uint64_t)thread->incarnation << 32 | (uint32_t)thread->number;
  // Numbers may be perturbed; the random numbers are not by that.
  if (perturbed.pid && thread->number != LAUNCHER_NUMBER) stream -= PERTURBED_NUMBERS;
  while (size > 0) {
    uint8_t block[RANDOM_BLOCK];
    size_t part = size < RANDOM_BLOCK ? size : RANDOM_BLOCK;
    random_block(block, stream, thread->blocks_drawn++);
    memcpy(to, block, part);
    to += part, size -= part;
  }
}

#endif
