/* Directories in the order of their entries' names. A position in one is the number of entries that were given. */
#ifndef DETINIT_DIRECTORY_H
#define DETINIT_DIRECTORY_H

#include "file.h"

/* As many entries as the largest image has files. */
enum { ENTRIES_MAX = 16384, ENTRIES_BYTES = 1 << 20 };

struct entry {
  uint64_t inode;
  int64_t next;
  uint16_t size;
  uint8_t kind;
  char name[];
};

static uint8_t entry_bytes[ENTRIES_BYTES];
static struct entry *entries[ENTRIES_MAX];

static bool comes_before(const struct entry *left, const struct entry *right) {
  const uint8_t *a = (const uint8_t *)left->name, *b = (const uint8_t *)right->name;
  while (*a != 0 && *a == *b) a++, b++;
  return perturbed.directory_order ? *a > *b : *a < *b;
}

/* Heap sort: no worst case, no memory. */
static void sort_entries(size_t count) {
  for (size_t step = count / 2 + count; step-- > 1;) {
    size_t root = step >= count ? step - count : 0, size = step >= count ? count : step;
    if (step < count) {
      struct entry *first = entries[0];
      entries[0] = entries[step], entries[step] = first;
    }
    for (size_t child; (child = 2 * root + 1) < size; root = child) {
      if (child + 1 < size && comes_before(entries[child], entries[child + 1])) child++;
      if (!comes_before(entries[root], entries[child])) break;
      struct entry *moved = entries[root];
      entries[root] = entries[child], entries[child] = moved;
    }
  }
}

/* Numbers of processes and threads, which are the kernel's. */
static bool is_hidden(const struct entry *entry, bool isProcesses) { return isProcesses && is_digit(entry->name[0]); }

/* All entries, sorted; an errno, EFBIG for a directory that is too large to be sorted. */
static long read_entries(long directory, bool isProcesses) {
  size_t used = 0, count = 0;
  for (;;) {
    long got = CALL(__NR_getdents64, directory, entry_bytes + used, ENTRIES_BYTES - used);
    if (got == -EINVAL && used > 0) return -EFBIG;
    if (got < 0) return got;
    if (got == 0) break;
    for (size_t end = used + (size_t)got; used < end;) {
      struct entry *entry = (struct entry *)(entry_bytes + used);
      used += entry->size;
      if (is_hidden(entry, isProcesses)) continue;
      if (count == ENTRIES_MAX) return -EFBIG;
      entries[count++] = entry;
    }
  }
  sort_entries(count);
  return (long)count;
}

static uint64_t device_of(long directory) {
  struct stat about = {0};
  CALL(__NR_fstat, directory, &about);
  return about.st_dev;
}

/* Copies as many entries as fit; the number of bytes, or an errno. */
static long give_entries(const struct thread *thread, long directory, uint64_t to, size_t room, long count) {
  enum { FROM_START = 0, FROM_HERE = 1 };
  long position = CALL(__NR_lseek, directory, 0, FROM_HERE);
  uint64_t device = device_of(directory);
  size_t given = 0;
  for (; position < count; position++) {
    struct entry *entry = entries[position];
    if (given + entry->size > room) break;
    entry->inode = file_number(device, entry->inode);
    entry->next = position + 1;
    if (!write_memory(thread->id, to + given, entry, entry->size)) return -EFAULT;
    given += entry->size;
  }
  if (given == 0 && position < count) return -EINVAL;
  CALL(__NR_lseek, directory, position, FROM_START);
  return (long)given;
}

static void answer_directory(const struct thread *thread, struct user_regs_struct *registers) {
  enum { DIRECTORY_READ_ONLY = 0200000 };
  char path[PATH_BYTES], link[64];
  long shared = borrow(thread, (long)(int)registers->rdi);
  if (shared < 0) return answer(thread, registers, -EBADF);
  path_of(thread, (long)(int)registers->rdi, path);
  bool isProcesses = starts_with(path, "/proc") && !ends_with(path, "/fd") && !ends_with(path, "/fdinfo");
  // Another opening of it, which begins with the first entry wherever the program's is.
  put_number(put_text(link, "/proc/self/fd/"), (uint64_t)shared);
  long own = CALL(__NR_open, link, DIRECTORY_READ_ONLY);
  long result = own < 0 ? own : read_entries(own, isProcesses);
  if (result >= 0) result = give_entries(thread, shared, registers->rsi, registers->rdx & UINT32_MAX, result);
  CALL(__NR_close, own);
  CALL(__NR_close, shared);
  answer(thread, registers, result);
}

#endif
